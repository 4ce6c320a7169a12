/** A branch as it was when it was shared; whoever has the link can read it. */
export type SharedThread = {
  title: string
  sharedAtMs: number
  messages: SharedMessage[]
}

export type SharedMessage = {
  id: string
  role: 'user' | 'assistant'
  text: string
  /** Only where there is some. */
  reasoning?: string
  model?: string
  createdAtMs: number
}

/** `url`: the path of its page. */
export type Share = { shareId: string; url: string; createdAtMs: number }

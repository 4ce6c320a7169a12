/** A test by its file and its title as it stands there; placeholders of a table stay as they are. */
export type Proof = { file: string; title: string }

/** One row of the failure model: what goes wrong, and what each of those who look at it finds. */
export type FaultRow = {
  id: string
  fault: string
  sees: string
  stored: string
  /** In the server's log, and towards the engine. */
  logged: string
  proofs: readonly Proof[]
  /** Why there is no test. */
  isAbsent?: string
}

/** Names the tests of one file. */
export const at =
  (file: string) =>
  (title: string): Proof => ({ file, title })

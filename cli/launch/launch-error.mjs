/** Something the user can mend; the message is the whole sentence they are shown. */
export class LaunchError extends Error {
  name = 'LaunchError'

  /** `failure` names the words of the waiting page for it, with what they need; without, the page shows the message. */
  constructor(message, failure) {
    super(message)
    this.failure = failure
  }
}

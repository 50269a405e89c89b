// Why did nobody get in?

/** `message` is meant for the owner's terminal, in their language. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused'
}

// What can go wrong outside, as one closed set of kinds, each named for its remedy.
//
// Translated once, at the border: an adapter's `errors`, `coze/errors`. Behind the border nobody reads a status code.

/** What to do about a failure. A `switch` over it has no default, so that the compiler finds the missing case. */
export type FailureKind =
  /** Wait `retryAfterMs`, then send the same again. */
  | 'rate-limited'
  /** Their side or the way there is down. Try again later, a bounded number of times. */
  | 'unavailable'
  /** What we sent is not taken (markup, length, parameter). Send something else; the same again is useless. */
  | 'rejected'
  /** The message, topic or conversation no longer exists. Make a new one. */
  | 'gone'
  /** Login or permission. Only the owner can mend it; people are told to tell them. */
  | 'denied'
  /** Something the owner configured does not fit: agent id, publishing, workflow. */
  | 'misconfigured'
  /** Credit or daily allowance used up. Not retried; the owner tops up. */
  | 'quota'
  /** The conversation is still busy with another chat. Wait for that one, or cancel it. */
  | 'occupied'
  /** Too much text for the model. Shorten, or begin a new conversation. */
  | 'too-long'
  /** The content itself is refused (safety rules, "cannot answer"). Ask differently. */
  | 'refused'
  /** It may have happened; we do not know. Look (`findPosted`, `follow`) before doing it again. */
  | 'lost'
  /** This deployment does not have the feature (Coze Studio, an old Bot API server). */
  | 'unsupported'
  /** We ended it ourselves. */
  | 'cancelled'
  /** The other side spoke a language we do not know: a defect, here or there. Reported, not retried. */
  | 'garbled'

export type PlatformFailureKind = Extract<
  FailureKind,
  'rate-limited' | 'unavailable' | 'rejected' | 'gone' | 'denied' | 'unsupported' | 'cancelled'
>

/** `not-sent`: surely nothing happened, sending again is safe. `unknown`: it may stand on somebody's screen. */
export type Outcome = 'not-sent' | 'unknown'

export interface PlatformErrorFacts {
  readonly outcome?: Outcome
  /** For `rate-limited`. */
  readonly retryAfterMs?: number
  /** For `rate-limited`: which budget of `Limits` is blocked; the narrowest that names the call when absent. */
  readonly budgetKey?: string
  /** The platform's own code, for the log. */
  readonly code?: string | number
  /** The chat's new id, when the platform says it moved. */
  readonly movedTo?: string
  /** For `rejected`: a file is larger than this. */
  readonly limitBytes?: number
  readonly cause?: unknown
}

/** A call to a chat platform that did not succeed. Thrown by adapters only; `message` is for the log and holds no secret. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly account: string
  readonly kind: PlatformFailureKind
  readonly outcome: Outcome
  readonly retryAfterMs: number | undefined
  readonly budgetKey: string | undefined
  readonly code: string | number | undefined
  readonly movedTo: string | undefined
  readonly limitBytes: number | undefined

  constructor(account: string, kind: PlatformFailureKind, message: string, facts: PlatformErrorFacts = {}) {
    super(`${account}: ${message}`, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.account = account
    this.kind = kind
    this.outcome = facts.outcome ?? 'not-sent'
    this.retryAfterMs = facts.retryAfterMs
    this.budgetKey = facts.budgetKey
    this.code = facts.code
    this.movedTo = facts.movedTo
    this.limitBytes = facts.limitBytes
  }
}

/** A failure as data: what a turn ends with, what the log gets. */
export interface Failure {
  readonly kind: FailureKind
  /** For the log: what was called and what came back. No secret, no message text. */
  readonly detail: string
  /** The AI backend's own code. */
  readonly code?: number
  /** The backend's own word for it, where it has words instead of codes: `authorization_pending`. */
  readonly reason?: string
  /** What the backend's support asks for. */
  readonly logid?: string
  /** Where the owner can look at the run that failed. For the log and for admins. */
  readonly debugUrl?: string
  readonly httpStatus?: number
  readonly retryAfterMs?: number
  /** Whether the backend may have begun to work on it (and bill it) all the same. */
  readonly outcome: Outcome
}

/** A call to the AI backend that did not succeed. Thrown by `coze/` only. */
export class AssistantError extends Error {
  override readonly name = 'AssistantError'
  readonly failure: Failure

  constructor(failure: Failure, cause?: unknown) {
    super(failure.detail, cause === undefined ? undefined : { cause })
    this.failure = failure
  }
}

/** Nothing was stored; the platform must not be told otherwise, so that it offers the event again. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError'
}

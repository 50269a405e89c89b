// What is known of one press of a button? Who pressed what, what was sent with it, what came back.
import type { Json } from './types.ts'

/** What a person typed into the form around the button, by name. */
export interface Form {
  readonly [field: string]: unknown
}

/** The codes are those the client shows. Feishu docs: card callbacks. */
export type ClickAnswer =
  | {
      readonly ok: true
      readonly toast?: { readonly type: string; readonly content: string }
      /** The card that took the old one's place at once. */
      readonly card?: Json
      readonly raw: unknown
    }
  | { readonly ok: false; readonly code: number; readonly because: string }

export interface HowPressed {
  /** Also a button that is gone from the card: as a client does that has not heard of it yet. */
  readonly force?: boolean
}

/** One press, as it went. */
export interface Click {
  readonly eventId: string
  readonly personId: string
  readonly messageId: string
  readonly label: string
  readonly value: unknown
  /** What was sent with it. */
  readonly form?: Form
  readonly atMs: number
  /** Undefined until an answer is there. */
  readonly answeredAfterMs: number | undefined
  /** No answer within the three seconds. */
  readonly late: boolean
  readonly answer: ClickAnswer | undefined
  /** The envelope, as pushed. */
  readonly push: Json
}

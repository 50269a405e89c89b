// What is a login to the client: a token now, another one when that is refused, and how long this can go on.

export interface Auth {
  /** A valid token. `userId` matters only with `sessionPerUser`. Throws `AssistantError`. */
  token(userId: string | undefined, signal: AbortSignal): Promise<string>
  /** Coze refused this token: forget it. True when another one may be had. */
  forget(userId: string | undefined, token: string): boolean
  /** How it stands; renews what would run out otherwise. Asked now and then. Never rejects. */
  standing(signal: AbortSignal): Promise<LoginStanding>
  /** Resolves when no renewal is under way any more. None begins to wait for anything afterwards. */
  settle(): Promise<void>
}

export type LoginStanding =
  /** `endsAtMs`: from then on nobody but a person can mend it; absent: never, or nobody knows. `renews`: a renewal moves it. */
  | { readonly state: 'good'; readonly endsAtMs?: number; readonly renews: boolean }
  /** A person must log in, or log in again. */
  | { readonly state: 'over'; readonly because: string }
  /** It could not be looked at. */
  | { readonly state: 'unknown'; readonly because: string }

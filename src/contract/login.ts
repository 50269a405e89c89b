// What is kept of a login that must be renewed, and who may renew it: one process at a time.
//
// A token for renewing is good once: Coze answers with the next one and forgets the old. So a login has generations, and
// the next one is put in the place of a certain one or not at all.

export interface KeptLogin {
  /** Raised by each renewal, and by each `bridge login`. The first is 1. */
  readonly generation: number
  readonly accessToken: string
  readonly accessEndsAtMs: number
  /** Good for one renewal. */
  readonly refreshToken: string
  readonly refreshEndsAtMs: number
  /** When these tokens were given. */
  readonly givenAtMs: number
}

/** Every call rejects where the store cannot be asked. */
export interface LoginShelf {
  /** Undefined: nobody has logged in. */
  read(): Promise<KeptLogin | undefined>
  /**
   * Puts `login`, whose generation is the next, in the place of the one before it (none, for the first). False: somebody
   * else has put another there. Asked again after a rejection, it tells the truth all the same.
   */
  put(login: KeptLogin): Promise<boolean>
  /** Whoever holds it may renew; it runs out by itself after `LOGIN_TURN_MS`. Undefined while another process holds it. */
  turn(): Promise<{ release(): Promise<void> } | undefined>
}

/** Longer than a renewal may take: nobody else begins one meanwhile. Our choice. */
export const LOGIN_TURN_MS = 40_000

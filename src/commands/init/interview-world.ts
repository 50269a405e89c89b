// What is needed to ask the owner?

import type { Say } from '../cli-words.ts'
import type { Answers } from './answers.ts'
import type { Asker } from './asker.ts'
import type { Env } from './live.ts'

export interface Interview {
  readonly asker: Asker
  readonly say: Say
  readonly locale: Answers['locale']
  /** What is set already is offered as the usual answer; never a secret. */
  readonly env: Env
  readonly signal: AbortSignal
  /** Asks the owner to log in with their account; answers a token. */
  logIn(wish: { readonly apiBase: string; readonly clientId: string }): Promise<string>
}

// `bridge login`: a person logs in to Coze, and the bridge goes by that login from then on.

import { realClock } from '../../clock.ts'
import type { LoadedConfig } from '../../config/settings.ts'
import { AssistantError } from '../../contract/errors.ts'
import { createLogger } from '../../logging.ts'
import { appFrom, loginShelf } from '../../login.ts'
import { openStore, type Store } from '../../store/open.ts'
import { StoreError } from '../../store/store-error.ts'
import { readCliWords, localeOf, type Say } from '../cli-words.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { keepLogin, logIn, nameOfAccount, type LoginDesk } from './desk.ts'
import { LoginRefused } from './refusal.ts'

export interface LoginOptions {
  readonly device?: boolean
  readonly browser?: boolean
}

const NAME_WITHIN_MS = 15_000

/** The store is held until the end: tokens that could not be kept would be worth nothing. */
export async function login(
  config: LoadedConfig,
  options: LoginOptions,
  stop: AbortSignal,
): Promise<ExitCode> {
  const say = await readCliWords(localeOf(process.env))
  const { auth, apiBase, flavor } = config.coze
  if (flavor === 'studio') return complain(say('login.studio'), EXIT.misuse)
  if (auth.kind !== 'oauth') return complain(say(WHY_NOT[auth.kind]), EXIT.misuse)
  if (config.store === 'memory:') return complain(say('login.memoryStore'), EXIT.misuse)
  const store = await openFor(config, say)
  if (typeof store === 'string') return complain(store, EXIT.fault)
  const desk = deskOn(process.stdout, say)
  try {
    const app = appFrom(auth)
    const flow = options.browser === true ? 'pkce' : options.device === true ? 'device' : auth.flow
    const wish = { apiBase, app, flow, redirectPort: auth.redirectPort }
    const tokens = await logIn(wish, desk, stop)
    await keepLogin(loginShelf(store, apiBase, auth.clientId), tokens)
    const within = AbortSignal.any([stop, AbortSignal.timeout(NAME_WITHIN_MS)])
    const name = await nameOfAccount(apiBase, tokens.accessToken, process.env, within)
    desk.tell(name === undefined ? say('login.done') : say('login.doneAs', { name }))
    desk.tell(say(store.kind === 'redis' ? 'login.nextRunning' : 'login.next'))
    return EXIT.fine
  } catch (error) {
    desk.progress('')
    if (stop.aborted) return complain(say('login.interrupted'), EXIT.interrupted)
    const words = inWords(error, apiBase, say)
    if (words === undefined) throw error
    return complain(words, EXIT.fault)
  } finally {
    await store.close()
  }
}

const WHY_NOT = { token: 'login.usesToken', jwt: 'login.usesService' } as const

/** For the owner; undefined: a defect. */
export function inWords(error: unknown, apiBase: string, say: Say): string | undefined {
  if (error instanceof LoginRefused) return error.message
  if (!(error instanceof AssistantError)) return undefined
  const { reason, detail, kind } = error.failure
  if (reason === 'invalid_client') return say('login.wrongApp', { apiBase })
  if (kind === 'unavailable' || kind === 'lost') return say('login.unreachable', { apiBase, detail })
  return say('login.refused', { detail })
}

/** A sentence where it is somebody else's. */
async function openFor(config: LoadedConfig, say: Say): Promise<Store | string> {
  try {
    const log = createLogger({ level: 'silent', pretty: false, secrets: [], write: () => undefined })
    return await openStore(config.store, { clock: realClock, log, baseDir: process.cwd() })
  } catch (error) {
    if (error instanceof StoreError && error.problem === 'occupied') return say('login.storeTaken')
    throw error
  }
}

/** On a terminal the last line moves; elsewhere each is said once. */
export function deskOn(output: NodeJS.WriteStream, say: Say): LoginDesk {
  let moving = ''
  return {
    say,
    env: process.env,
    tell(line) {
      if (moving !== '') output.write('\r\u001B[K')
      moving = ''
      output.write(`${line}\n`)
    },
    progress(line) {
      if (!output.isTTY || line === moving) return
      output.write(`\r\u001B[K${line}`)
      moving = line
    },
  }
}

function complain(line: string, code: ExitCode): ExitCode {
  process.stderr.write(`${line}\n`)
  return code
}

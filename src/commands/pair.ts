// `bridge pair`: who waits to be let in, who has been, and shall that be changed? For the owner at the machine.

import { createHash } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import { realClock } from '../clock.ts'
import type { LoadedConfig } from '../config/settings.ts'
import type { SenderId } from '../contract/event.ts'
import type { Clock } from '../contract/runtime.ts'
import { createLogger } from '../logging.ts'
import { openPlatforms } from '../platforms.ts'
import { openStore, type Store } from '../store/open.ts'
import { createPairings, type Pairings, type Pending } from '../store/pairings.ts'
import { StoreError } from '../store/store-error.ts'

export interface PairOptions {
  /** `<account>/user:<id>`. */
  readonly remove?: string
  readonly json?: boolean
}

/** What is to be printed, and whom to tell. */
export interface PairAnswer {
  readonly lines: readonly string[]
  readonly exitCode: 0 | 1
  readonly letIn?: Pending
}

const WELCOMED_WITHIN_MS = 15_000

/** Exit code 1 when nothing was done that was asked for. Opens the store itself: a SQLite file only while no bridge runs. */
export async function pair(
  config: LoadedConfig,
  code: string | undefined,
  options: PairOptions,
  stop: AbortSignal,
): Promise<number> {
  const answer = await asked(config, code, options)
  if (typeof answer === 'string') {
    process.stderr.write(`${answer}\n`)
    return 1
  }
  const { lines, exitCode, letIn } = answer
  const told = letIn === undefined || (await isWelcomed(config, letIn, stop))
  const output = exitCode === 0 ? process.stdout : process.stderr
  const more =
    told || options.json === true ? [] : ['They could not be told: they find out when they write again.']
  for (const line of [...lines, ...more]) output.write(`${line}\n`)
  return exitCode
}

/** A sentence where the store cannot be asked. */
async function asked(
  config: LoadedConfig,
  code: string | undefined,
  options: PairOptions,
): Promise<PairAnswer | string> {
  if (config.store === 'memory:') {
    return `The store is "memory:": who may be let in, only the running bridge knows. ${IN_THE_CHAT}`
  }
  let store: Store
  try {
    const log = createLogger({ level: 'silent', pretty: false, secrets: [], write: () => undefined })
    store = await openStore(config.store, { clock: realClock, log, baseDir: process.cwd() })
  } catch (error) {
    if (!(error instanceof StoreError) || error.problem !== 'occupied') throw error
    return `The running bridge has the store open, and a SQLite file is one process's at a time. ${IN_THE_CHAT} Or stop the bridge and do this once more.`
  }
  try {
    return await managePairings(createPairings(store, realClock), realClock, code, options)
  } finally {
    await store.close()
  }
}

const IN_THE_CHAT =
  'Send /pair and the code to the bot in any chat, as one of access.admins (/whoami tells your id).'

/** Does what is asked, and says what came of it. */
export async function managePairings(
  pairings: Pairings,
  clock: Clock,
  code: string | undefined,
  { remove, json = false }: PairOptions,
): Promise<PairAnswer> {
  if (remove !== undefined) return await removed(pairings, remove, json)
  if (code !== undefined) return await letIn(pairings, code, json)
  const waiting = (await pairings.waiting()).map(({ account, userId, name, code: shown, expiresAtMs }) => {
    const minutesLeft = Math.max(0, Math.ceil((expiresAtMs - clock.now()) / 60_000))
    const person = { account, user: userId, ...(name === undefined ? {} : { name }) }
    return { kind: 'waiting', ...person, code: shown, minutesLeft } as const
  })
  const paired = (await pairings.paired()).map(({ account, userId, pairedAtMs }) => {
    return { kind: 'paired', account, user: userId, since: new Date(pairedAtMs).toISOString() } as const
  })
  if (json) return done([...waiting, ...paired].map((fact) => JSON.stringify(fact)))
  return done([
    waiting.length === 0 ? 'Nobody waits to be let in.' : 'Waiting',
    ...waiting.map((one) => `  ${one.code}  ${personIn(one)}, ${one.minutesLeft} min left`),
    ...(paired.length === 0 ? [] : ['Let in']),
    ...paired.map((one) => `  ${personIn(one)}, since ${one.since.slice(0, 10)}`),
  ])
}

async function letIn(pairings: Pairings, code: string, json: boolean): Promise<PairAnswer> {
  const found = await pairings.letIn(code)
  if (found === undefined) {
    return fault(
      'Nobody waits with this code. It may have run out: codes are good for an hour, and the person can write to the bot for a new one.',
    )
  }
  const { account, userId: user, name } = found
  const person = { account, user, ...(name === undefined ? {} : { name }) }
  const line = json ? JSON.stringify({ kind: 'letIn', ...person }) : `Let in: ${personIn(person)}`
  return { ...done([line]), letIn: found }
}

async function removed(pairings: Pairings, entry: string, json: boolean): Promise<PairAnswer> {
  const { account, user } = /^(?<account>[^/:]+)\/user:(?<user>.+)$/s.exec(entry)?.groups ?? {}
  if (account === undefined || user === undefined) {
    return fault(`"${plain(entry)}" names nobody: write <account>/user:<id>, as \`bridge pair\` shows it.`)
  }
  // Border: as it was typed.
  if (!(await pairings.remove(account, user as SenderId))) {
    return fault(`${personIn({ account, user })} has not been let in by a code.`)
  }
  return done([
    json
      ? JSON.stringify({ kind: 'removed', account, user })
      : `No longer let in: ${personIn({ account, user })}`,
  ])
}

const done = (lines: readonly string[]): PairAnswer => ({ lines, exitCode: 0 })
const fault = (line: string): PairAnswer => ({ lines: [line], exitCode: 1 })

/** As access rules name them. */
function personIn(person: { readonly account: string; readonly user: string; readonly name?: string }) {
  const entry = `${person.account}/user:${person.user}`
  return plain(person.name === undefined ? entry : `${person.name} (${entry})`)
}

/** A name is what a stranger calls themselves: it cannot steer the terminal. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

/** A courtesy, by the platform's own API, beside a bridge that may run: no connection is opened. Never rejects. */
async function isWelcomed(config: LoadedConfig, person: Pending, stop: AbortSignal): Promise<boolean> {
  try {
    const open = await openPlatforms(config, {
      env: process.env,
      writeLog: () => undefined,
      prettyLog: false,
    })
    try {
      const outbox = open.platforms.get(person.account)?.outboxFor(person.replyTarget)
      if (outbox === undefined) return false
      const text = open.words.say({ key: 'pairing.welcome' }, person.locale)
      const key = createHash('sha256').update(`paired ${person.code}`).digest('hex').slice(0, 24)
      const signal = AbortSignal.any([stop, AbortSignal.timeout(WELCOMED_WITHIN_MS)])
      await outbox.post(outbox.renderer.plain(text), { key, controls: [] }, signal)
      return true
    } finally {
      await open.close()
    }
  } catch {
    return false
  }
}

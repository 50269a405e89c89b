// How long will the login at Coze hold? Looked at while the bridge runs; admins hear of its end days ahead, each time once.

import { tellAdmins, nowWell } from './bridge/admins.ts'
import type { NoticeKey } from './contract/notice.ts'
import type { LoginStanding } from './coze/index.ts'

export interface LoginWatchWorld {
  readonly admins: Parameters<typeof tellAdmins>[0]
  /** Never rejects. */
  standing(signal: AbortSignal): Promise<LoginStanding>
}

/** Renews what is old enough, so it is no rare look; it costs one read of the store. */
const LOOK_EVERY_MS = 60_000
/** Whoever could not be told is tried again after so long. Our choice. */
const SAY_AGAIN_MS = 6 * 3_600_000
const DAY_MS = 24 * 3_600_000
/** Said when so many days are left, or fewer. */
export const DAYS_AHEAD: readonly number[] = [7, 3, 1]

export interface LoginWatch {
  close(): Promise<void>
}

export function watchLogin({ admins, standing }: LoginWatchWorld): LoginWatch {
  const { clock, log } = admins
  const closing = new AbortController()
  /** When something was last said by this process, by its key. */
  const saidAtMs = new Map<string, number>()
  const watching = watch().catch((error: unknown) => {
    if (!isClosing()) log.error({}, 'the login is not watched any more', error)
  })
  return {
    async close() {
      closing.abort(new Error('closing'))
      await watching
    },
  }

  function isClosing(): boolean {
    return closing.signal.aborted
  }

  async function watch(): Promise<void> {
    while (!isClosing()) {
      await look()
      await clock.sleep(LOOK_EVERY_MS, closing.signal).catch(() => undefined)
    }
  }

  async function look(): Promise<void> {
    const stands = await standing(closing.signal)
    // Not seen is not well.
    if (stands.state === 'unknown') return
    const found = sayingOf(stands, clock.now())
    if (found === undefined) await nowWell(admins, OVER)
    else if (!isClosing()) await say(found)
  }

  async function say({ key, notice, params }: Saying): Promise<void> {
    if (clock.now() - (saidAtMs.get(key) ?? -Infinity) < SAY_AGAIN_MS) return
    if (!saidAtMs.has(key)) log.warn(params, LINES[notice])
    saidAtMs.set(key, clock.now())
    // Nobody to tell: the log has it.
    if (admins.policy.access.admins.length > 0) await tellAdmins(admins, { key: notice, params }, key)
  }
}

interface Saying {
  /** Once each, over all processes. */
  readonly key: string
  readonly notice: keyof typeof LINES
  readonly params: Readonly<Record<string, string | number>>
}

const OVER = 'login'

const LINES = {
  'admin.login': 'the login at Coze is over: run `bridge login`',
  'admin.loginEnds': 'the login at Coze ends soon: run `bridge login`',
  'admin.tokenEnds': 'the Coze token ends soon: make a new one, and put it in the place of the old',
  'admin.tokenEnded': 'the Coze token has ended: make a new one, and put it in the place of the old',
} as const satisfies Partial<Record<NoticeKey, string>>

/** What is to be said at this moment; undefined: nothing. */
export function sayingOf(standing: LoginStanding, nowMs: number): Saying | undefined {
  if (standing.state === 'unknown') return undefined
  if (standing.state === 'over') {
    return { key: OVER, notice: 'admin.login', params: { reason: standing.because } }
  }
  const { endsAtMs, renews } = standing
  if (endsAtMs === undefined) return undefined
  const date = new Date(endsAtMs).toISOString().slice(0, 16).replace('T', ' ')
  const leftMs = endsAtMs - nowMs
  if (leftMs <= 0) return { key: `login ended ${date}`, notice: 'admin.tokenEnded', params: { date } }
  const ahead = DAYS_AHEAD.findLast((days) => leftMs <= days * DAY_MS)
  if (ahead === undefined) return undefined
  const notice = renews ? 'admin.loginEnds' : 'admin.tokenEnds'
  return {
    key: `login ends ${date}, ${ahead} days ahead`,
    notice,
    params: { days: Math.ceil(leftMs / DAY_MS), date },
  }
}

// Which departments is a person in? Asked of the directory where the app may, kept for a while, never waited for long.
// https://open.feishu.cn/document/server-docs/contact-v3/user/get
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { callAs, type FeishuApi, type FeishuRequest } from './api.ts'
import { SCOPE_CODES } from './codes.ts'
import { withDeadline } from '../common/deadline.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'

export interface Roles {
  /**
   * The open_department_ids (`od-…`) of those a person is directly in; undefined where that is not known in time. Resolves
   * within 800 ms, and never rejects.
   */
  of(openId: string): Promise<readonly string[] | undefined>
  /** Resolves when no answer is waited for any more. */
  settled(): Promise<void>
}

export interface RolesParts {
  readonly account: string
  readonly api: FeishuApi
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Besides one of the scopes that let an app read a person at all. Feishu docs: contact v3, field scopes. */
export const DEPARTMENTS_SCOPE = 'contact:user.department:readonly'

/** Feishu waits three seconds for its acknowledgement, and storing comes after. */
const WAITED_FOR_MS = 800
/** What comes too late for one event is there for the next. */
const ANSWER_WITHIN_MS = 5_000
const GOOD_FOR_MS = 10 * 60_000
/** Better than nothing while the directory does not answer. */
const USABLE_FOR_MS = 60 * 60_000
/** So long after a failure, or a refusal, it is not asked again: nobody waits in vain for each message. */
const FAILED_FOR_MS = 30_000
const FORBIDDEN_FOR_MS = 10 * 60_000
const MAX_REMEMBERED = 5_000
const MAX_ASKED_AT_ONCE = 100

interface Known {
  readonly roles: readonly string[]
  readonly atMs: number
}

export function createRoles(parts: RolesParts): Roles {
  const { account, api, clock, log, signal } = parts
  const known = new Map<string, Known>()
  const asking = new Map<string, Promise<void>>()
  const notBefore = new Map<string, number>()
  let forbiddenUntilMs = -Infinity
  let isTold = false

  return {
    async of(openId) {
      if (!openId.startsWith('ou_')) return undefined
      const nowMs = clock.elapsed()
      const before = known.get(openId)
      if (before !== undefined && nowMs - before.atMs < GOOD_FOR_MS) return before.roles
      if (mayAsk(openId, nowMs)) await inTime(asking.get(openId) ?? ask(openId))
      const now = known.get(openId)
      return now !== undefined && clock.elapsed() - now.atMs < USABLE_FOR_MS ? now.roles : undefined
    },
    async settled() {
      while (asking.size > 0) await Promise.all(asking.values())
    },
  }

  function mayAsk(openId: string, nowMs: number): boolean {
    if (signal.aborted || nowMs < forbiddenUntilMs) return false
    if (asking.has(openId)) return true
    return asking.size < MAX_ASKED_AT_ONCE && nowMs >= (notBefore.get(openId) ?? -Infinity)
  }

  async function inTime(answer: Promise<void>): Promise<void> {
    const done = new AbortController()
    const late = clock.sleep(WAITED_FOR_MS, done.signal).catch(() => undefined)
    await Promise.race([answer, late])
    done.abort()
  }

  function ask(openId: string): Promise<void> {
    const limit = { account, clock, ms: ANSWER_WITHIN_MS, what: 'contact/v3/users' }
    const answered = withDeadline(limit, signal, (within) =>
      callAs(account, api, departmentsRequest(openId), within),
    ).then(
      (answer) => remember(openId, departmentsIn(answer)),
      (error: unknown) => failed(openId, error),
    )
    asking.set(openId, answered)
    return answered.finally(() => asking.delete(openId))
  }

  function remember(openId: string, roles: readonly string[] | undefined): void {
    if (roles === undefined) {
      forbid()
      return
    }
    keep(known, openId, { roles, atMs: clock.elapsed() })
    notBefore.delete(openId)
  }

  function failed(openId: string, error: unknown): void {
    if (isForbidden(error)) {
      forbid()
      return
    }
    keep(notBefore, openId, clock.elapsed() + FAILED_FOR_MS)
    const code = error instanceof PlatformError ? error.code : undefined
    log.debug({ code }, 'the departments of a person cannot be read at the moment')
  }

  function forbid(): void {
    forbiddenUntilMs = clock.elapsed() + FORBIDDEN_FOR_MS
    if (isTold) return
    isTold = true
    log.warn(
      { scope: DEPARTMENTS_SCOPE },
      `departments cannot be read, so rules with role: match nobody here: the app lacks ${DEPARTMENTS_SCOPE}`,
    )
  }
}

export function departmentsRequest(openId: string): FeishuRequest {
  return {
    method: 'GET',
    path: '/open-apis/contact/v3/users/:user_id',
    ids: { user_id: openId },
    query: { user_id_type: 'open_id', department_id_type: 'open_department_id' },
  }
}

/** Undefined: the field is not shown, as the app may not see it. */
export function departmentsIn(answer: Fields): readonly string[] | undefined {
  const given = fieldsOf(answer['user'])['department_ids']
  if (!Array.isArray(given)) return undefined
  return readList(given).flatMap((id) => readString(id) ?? [])
}

export function isForbidden(error: unknown): boolean {
  return (
    error instanceof PlatformError && (SCOPE_CODES.has(Number(error.code)) || error.kind === 'unsupported')
  )
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest)
}

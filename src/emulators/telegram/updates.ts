// Which updates wait for the bot, and when does a poll get them? The queue and long polling.
import { bounded } from '../common/bounded.ts'
import { conflict, type ApiError } from './errors.ts'
import { OPT_IN_UPDATES, type Update } from './types.ts'

export interface Poll {
  readonly offset: number
  readonly limit: number
  readonly timeoutSeconds: number
  readonly allowedUpdates: readonly string[] | undefined
}

export interface UpdateQueue {
  /** Undefined when the bot did not allow this type: dropped for ever, as the real server does. */
  enqueue(type: string, content: unknown): number | undefined
  /** Oldest first. A client that goes away (`signal`) confirms nothing. */
  poll(poll: Poll, signal: AbortSignal): Promise<readonly Update[]>
  /** Again to the next poll, whatever its offset: with the same id, or as a new update. */
  redeliver(updateId: number, as: 'same' | 'new'): void
  /** Delivered by webhook. */
  settle(updateId: number): void
  allow(types: readonly string[]): void
  readonly allowed: readonly string[] | undefined
  dropPending(): void
  pending(): readonly Update[]
  readonly pendingCount: number
  /** The highest id the bot has confirmed. */
  readonly confirmedUpdateId: number
  /** A poll is parked, waiting for the next update. */
  readonly isPolled: boolean
  /** Ends a parked poll with 409. */
  interrupt(error: ApiError): void
  /** Called for each new update: the webhook's door. */
  onEnqueued(listener: (update: Update) => void): void
  close(): void
}

interface Parked {
  readonly poll: Poll
  readonly resolve: (updates: readonly Update[]) => void
  readonly reject: (error: ApiError) => void
  readonly timer: NodeJS.Timeout
}

/** https://core.telegram.org/bots/api#getupdates; the server clamps the timeout. */
const MAX_TIMEOUT_SECONDS = 50
const MAX_LIMIT = 100
/** Updates expire a day after they happened. https://core.telegram.org/bots/api#getting-updates */
const KEPT_MS = 24 * 3_600_000
/** A second conflict within this time is told this much later. telegram-bot-api `fail_query_conflict`. */
const CONFLICT_PAUSE_MS = 3_000
const HISTORY = 10_000

export function createUpdateQueue(options: {
  nowMs: () => number
  antiHammer: boolean
  onChange: () => void
  observePush?: (update: Update) => void
}): UpdateQueue {
  const { nowMs } = options
  const waiting = new Map<number, { readonly update: Update; readonly expiresAtMs: number }>()
  const again: Update[] = []
  const history = bounded<Update>(HISTORY)
  const timers = new Set<NodeJS.Timeout>()
  let nextId = 1000
  let confirmed = 0
  let allowed: readonly string[] | undefined
  let parked: Parked | undefined
  let lastPoll = { offset: Number.NaN, atMs: 0 }
  let nextConflictAtMs = 0
  let enqueued: (update: Update) => void = () => {}

  const confirmBelow = (offset: number): void => {
    for (const id of waiting.keys()) {
      if (id >= offset) break
      waiting.delete(id)
      confirmed = Math.max(confirmed, id)
    }
    options.onChange()
  }
  const take = (poll: Poll): readonly Update[] => {
    const taken = again.splice(0, poll.limit)
    for (const [id, { update, expiresAtMs }] of waiting) {
      if (taken.length >= poll.limit) break
      if (expiresAtMs < nowMs()) waiting.delete(id)
      else if (id >= poll.offset) taken.push(update)
    }
    return taken
  }
  const leave = (): Parked | undefined => {
    const left = parked
    parked = undefined
    if (left !== undefined) clearTimeout(left.timer)
    return left
  }
  const wake = (): void => {
    if (parked === undefined) return
    const updates = take(parked.poll)
    if (updates.length > 0) leave()?.resolve(updates)
  }
  const add = (type: string, content: unknown): Update => {
    const update = { update_id: nextId, [type]: content }
    nextId += 1
    waiting.set(update.update_id, { update, expiresAtMs: nowMs() + KEPT_MS })
    history.push(update)
    return update
  }
  const announce = (update: Update): void => {
    options.observePush?.(update)
    wake()
    enqueued(update)
    options.onChange()
  }
  const interrupt = (error: ApiError): void => {
    const left = leave()
    if (left === undefined) return
    const now = nowMs()
    if (now >= nextConflictAtMs) {
      nextConflictAtMs = now + CONFLICT_PAUSE_MS
      left.reject(error)
      return
    }
    const timer = setTimeout(() => {
      timers.delete(timer)
      left.reject(error)
    }, CONFLICT_PAUSE_MS)
    timers.add(timer)
  }

  return {
    enqueue(type, content) {
      const wanted =
        allowed === undefined || allowed.length === 0 ? !OPT_IN_UPDATES.has(type) : allowed.includes(type)
      if (!wanted) return undefined
      const update = add(type, content)
      announce(update)
      return update.update_id
    },
    async poll(asked, signal) {
      interrupt(
        conflict('terminated by other getUpdates request; make sure that only one bot instance is running'),
      )
      if (asked.allowedUpdates !== undefined) allowed = asked.allowedUpdates
      const poll = settlePoll(asked)
      if (poll.offset > 0) confirmBelow(poll.offset)
      const updates = take(poll)
      if (updates.length > 0 || poll.timeoutSeconds <= 0 || signal.aborted) return updates
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => leave()?.resolve([]), poll.timeoutSeconds * 1000)
        const mine: Parked = { poll, resolve, reject, timer }
        parked = mine
        options.onChange()
        signal.addEventListener('abort', () => {
          if (parked === mine) leave()?.resolve([])
        })
      })
    },
    redeliver(updateId, as) {
      const update = history.items.find(({ update_id }) => update_id === updateId)
      if (update === undefined) throw new Error(`no update ${updateId} was ever made`)
      if (as === 'same') {
        again.push(update)
        announce(update)
        return
      }
      const [type, content] = Object.entries(update).find(([key]) => key !== 'update_id') ?? [
        'message',
        undefined,
      ]
      announce(add(type, content))
    },
    settle(updateId) {
      waiting.delete(updateId)
      const at = again.findIndex(({ update_id }) => update_id === updateId)
      if (at >= 0) again.splice(at, 1)
      confirmed = Math.max(confirmed, updateId)
      options.onChange()
    },
    allow: (types) => {
      allowed = types
    },
    get allowed() {
      return allowed
    },
    dropPending: () => {
      confirmBelow(Number.MAX_SAFE_INTEGER)
    },
    pending: () => [...waiting.values()].map(({ update }) => update),
    get pendingCount() {
      return waiting.size
    },
    get confirmedUpdateId() {
      return confirmed
    },
    get isPolled() {
      return parked !== undefined
    },
    interrupt,
    onEnqueued: (listener) => {
      enqueued = listener
    },
    close() {
      leave()?.resolve([])
      for (const timer of timers) clearTimeout(timer)
    },
  }

  /** Clamps, a negative offset made positive, and the pause for a client that asks the same again and again. */
  function settlePoll(asked: Poll): Poll {
    const limit = asked.limit < 1 || asked.limit > MAX_LIMIT ? MAX_LIMIT : asked.limit
    const timeoutSeconds = Math.min(Math.max(asked.timeoutSeconds, 0), MAX_TIMEOUT_SECONDS)
    const ids = [...(asked.offset < 0 ? waiting.keys() : [])]
    const offset = asked.offset < 0 ? (ids.at(asked.offset) ?? ids[0] ?? 0) : asked.offset
    const sinceMs = nowMs() - lastPoll.atMs
    const same = options.antiHammer && asked.offset === lastPoll.offset
    lastPoll = { offset: asked.offset, atMs: nowMs() }
    return {
      ...asked,
      offset,
      timeoutSeconds: same && sinceMs < 3_000 && timeoutSeconds < 3 ? 3 : timeoutSeconds,
      limit: same && sinceMs < 500 ? 1 : limit,
    }
  }
}

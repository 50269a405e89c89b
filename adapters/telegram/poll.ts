// How are updates fetched so that none is lost? A long-poll loop that confirms an update only after it is stored.
//
// Each round: 1. fetch from the offset on; 2. offer what is new, chats side by side, each chat in order, stopping at
// its first update that was not stored; 3. move the offset up to the first update still owed. The next fetch confirms
// everything below the offset. https://core.telegram.org/bots/api#getupdates
//
// Where several processes share the token, whoever is no longer the one that polls ends at once and calls nothing more:
// a poll of its own would end the other's with 409.
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import type { Health } from '../../src/contract/platform.ts'
import type { PlatformError } from '../../src/contract/errors.ts'
import { nextOffer, type Owed } from './albums.ts'
import { callAs, type BotApi } from './api.ts'
import { ALLOWED_UPDATES } from './connect.ts'
import { withDeadline } from '../common/deadline.ts'
import { toPlatformError } from './errors.ts'
import { chatOf } from './intake.ts'
import { isWebhookConflict, LONGEST_PAUSE_MS, pauseAfter, reasonOf } from './poll-failure.ts'
import { fieldsOf, readAmount, readList } from '../common/read.ts'

export interface Poll {
  readonly account: string
  readonly api: BotApi
  readonly clock: Clock
  readonly log: Logger
  /** getMe and deleteWebhook, until they went through. */
  connect(signal: AbortSignal): Promise<void>
  /** Whether `connect` already went through. */
  readonly connected: boolean
  /** Rejects: not stored. `album`: the other items of the album whose caption is the command in `update`. */
  offer(update: unknown, album: readonly unknown[]): Promise<void>
  setHealth(health: Health): void
  /** Ends the loop; what was fetched is still offered once, and what is stored is confirmed. */
  readonly signal: AbortSignal
  /** Ends everything: whoever polls next is offered the rest. */
  readonly end: AbortSignal
}

/** The server allows 50. Shorter survives more proxies. */
const POLL_SECONDS = 30
/** Beyond the poll's own time. Also the watchdog: a connection that died unseen is given up after this. */
const GRACE_MS = 15_000
const BATCH = 100
/** telegram-bot-api counts them in 32 bits. */
const MAX_UPDATE_ID = 2 ** 31 - 2
/** Updates owed at most before no more are fetched. */
const MAX_OWED = 2 * BATCH
/** Some servers answer at once, with nothing. */
const MIN_EMPTY_POLL_MS = 250
const FIRST_RETRY_MS = 250
/** A chat whose updates take longer is left to itself: the others are fetched meanwhile. */
const OFFER_PATIENCE_MS = 1_000
const TELL_AGAIN_AFTER_MS = 600_000
/** A stop waits for it, also on a server that is frozen. */
const CONFIRM_WITHIN_MS = 1_500
const PARKED_MS = 1_000
/** After an idle week ids begin anywhere, also below our offset; nothing is owed by then. */
const FORGET_OFFSET_AFTER_MS = 6 * 24 * 3_600_000

/** Resolves when `signal` or `end` aborted and no update is being offered any more. Never rejects. */
export async function poll(world: Poll): Promise<void> {
  const { account, api, clock, end, log } = world
  const signal = AbortSignal.any([world.signal, end])
  const owed = new Map<number, Owed>()
  const stored = new Set<number>()
  /** By chat: its updates are being offered. Resolves with false when one was not stored. */
  const offering = new Map<string, Promise<boolean>>()
  let offset = 0
  let confirmed = 0
  let lastUpdateMs = clock.elapsed()
  let failures = 0
  let refusals = 0
  let connected = world.connected
  let isDown = false
  const toldAtMs = new Map<string, number>()

  while (!signal.aborted) {
    try {
      if (!connected) await world.connect(signal)
      connected = true
      await fetchUpdates()
      failures = 0
      up()
      await offerOwed()
    } catch (error) {
      const failure = toPlatformError(account, 'getUpdates', error, signal)
      if (isOver()) break
      if (isWebhookConflict(failure)) connected = false
      const because = reasonOf(failure)
      down(because, failure)
      await pause(pauseAfter(failure, failures))
      failures += 1
    }
  }
  await Promise.all(offering.values())
  if (end.aborted) return
  await offerOwed()
  await confirm()

  /** Asked anew after each wait. */
  function isOver(): boolean {
    return signal.aborted
  }

  async function fetchUpdates(): Promise<void> {
    moveOffset()
    if (owed.size >= MAX_OWED) return
    const startedMs = clock.elapsed()
    if (startedMs - lastUpdateMs > FORGET_OFFSET_AFTER_MS) offset = 0
    // After a failure a short one first: whether updates flow again is known at once.
    const seconds = owed.size > 0 || isDown ? 0 : POLL_SECONDS
    const asking = getUpdates({ limit: BATCH, timeout: seconds }, seconds * 1_000 + GRACE_MS, signal)
    const answer = await asking.catch((error: unknown) => {
      // A poll that was parked for a while has told its offset, answered or not.
      if (signal.aborted && clock.elapsed() - startedMs >= PARKED_MS) confirmed = offset
      throw error
    })
    confirmed = offset
    let isNew = false
    for (const update of readList(answer)) {
      const id = readAmount(fieldsOf(update)['update_id'])
      // An offset behind an id that is none would confirm all that ever comes.
      if (id === undefined || id > MAX_UPDATE_ID || stored.has(id) || owed.has(id)) continue
      owed.set(id, { id, update, cameAtMs: clock.elapsed() })
      isNew = true
    }
    const tookMs = clock.elapsed() - startedMs
    if (isNew) lastUpdateMs = clock.elapsed()
    else if (tookMs < MIN_EMPTY_POLL_MS) await pause(MIN_EMPTY_POLL_MS - tookMs)
  }

  async function offerOwed(): Promise<void> {
    if (owed.size === 0) return
    const chats = Map.groupBy(owed.values(), ({ update }) => chatOf(update))
    for (const [chat, updates] of chats) {
      if (offering.has(chat)) continue
      offering.set(
        chat,
        offerInOrder(updates).finally(() => offering.delete(chat)),
      )
    }
    const results = await atMost(OFFER_PATIENCE_MS, Promise.all(offering.values()))
    if (results === undefined) return
    if (results.every(Boolean)) {
      refusals = 0
      return
    }
    log.warn({ owed: owed.size }, 'updates could not be taken in; they are offered again')
    if (!isOver()) await pause(Math.min(LONGEST_PAUSE_MS, FIRST_RETRY_MS * 2 ** refusals))
    refusals += 1
  }

  /** Up to the first update that is owed; behind all when none is. */
  function moveOffset(): void {
    const newest = Math.max(offset - 1, ...owed.keys(), ...stored)
    const first = [...owed.keys()].reduce((least, id) => Math.min(least, id), Infinity)
    offset = first === Infinity ? newest + 1 : first
    for (const id of stored) if (id < offset || owed.size === 0) stored.delete(id)
  }

  /** Undefined when it takes longer; the last updates of all are waited for. */
  async function atMost<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    if (isOver()) return work
    const done = new AbortController()
    const waiting = AbortSignal.any([done.signal, signal])
    const slow = clock.sleep(ms, waiting).then(
      () => undefined,
      () => undefined,
    )
    const result = await Promise.race([work, slow])
    done.abort()
    return result
  }

  /** False when an update was not stored: those behind it wait, as they do behind an album that may still grow. */
  async function offerInOrder(updates: readonly Owed[]): Promise<boolean> {
    let left = updates
    while (left.length > 0) {
      const offered = nextOffer(left, isOver() ? Infinity : clock.elapsed())
      const [first, ...album] = offered
      if (first === undefined) return true
      try {
        await world.offer(
          first.update,
          album.map(({ update }) => update),
        )
      } catch {
        return false
      }
      for (const { id } of offered) {
        owed.delete(id)
        stored.add(id)
      }
      left = left.filter((update) => !offered.includes(update))
    }
    return true
  }

  /** A clean restart shall not see again what is stored. Best effort. */
  async function confirm(): Promise<void> {
    moveOffset()
    if (offset <= confirmed) return
    try {
      await getUpdates({ limit: 1, timeout: 0 }, CONFIRM_WITHIN_MS, end)
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'the last updates could not be confirmed; they may come again')
    }
  }

  function getUpdates(
    options: { readonly limit: number; readonly timeout: number },
    withinMs: number,
    within: AbortSignal,
  ): Promise<unknown> {
    const payload = {
      ...options,
      ...(offset > 0 ? { offset } : {}),
      allowed_updates: ALLOWED_UPDATES,
    }
    return withDeadline({ account, clock, ms: withinMs, what: 'getUpdates' }, within, (callSignal) =>
      callAs(account, api, 'getUpdates', payload, callSignal),
    )
  }

  async function pause(ms: number): Promise<void> {
    // An abort ends the pause; the loop looks at the signal itself.
    await clock.sleep(ms, signal).catch(() => undefined)
  }

  function up(): void {
    if (isDown) log.info({}, 'receiving updates again')
    isDown = false
    world.setHealth({ state: 'up' })
  }

  /** Told once in a while for each reason, not for each attempt. */
  function down(because: string, failure: PlatformError): void {
    isDown = true
    world.setHealth({ state: 'down', because })
    const toldMs = toldAtMs.get(because)
    if (toldMs !== undefined && clock.elapsed() - toldMs < TELL_AGAIN_AFTER_MS) return
    toldAtMs.set(because, clock.elapsed())
    log.warn({ kind: failure.kind, code: failure.code }, `no updates: ${because}`, failure)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}

// The Telegram adapter: one account, connected. Start here; `inbound` and `outbox` are the two directions.
//
// Replies grow by post-and-edit unless `streaming: draft` is set; settings.ts says why that is the default.
import type { Health, Platform, PlatformTools } from '../../src/contract/platform.ts'
import { createBotApi } from './api.ts'
import { checkAccount } from './check.ts'
import { publishedMenus, publishMenu } from './commands.ts'
import { connect, type Connection } from './connect.ts'
import { createStops } from './draft.ts'
import { toPlatformError } from './errors.ts'
import { openFile } from './files.ts'
import { createIntake, type Intake } from './intake.ts'
import { createOutbox, type OutboxParts } from './outbox.ts'
import { directTarget, readPlace } from './place.ts'
import { poll } from './poll.ts'
import { createRenderer } from './render.ts'
import type { TelegramBody } from './runs.ts'
import { readTelegramSettings } from './settings.ts'
import { createWebhookHandler } from './webhook.ts'
import type { Self } from './words-of.ts'

export type { TelegramBody } from './runs.ts'
export type { TelegramSettings } from './settings.ts'

/** While the server is down in webhook mode: as often is it asked to call us. */
const CONNECT_AGAIN_MS = 5_000
/** So long may a stop wait for a server that does not answer: what is being stored, then the presses' answers. */
const STOP_WITHIN_MS = 2_500

/** `settings`: a `TelegramSettings`; throws `TypeError` when it is none. */
export function createPlatform(
  account: string,
  settings: unknown,
  tools: PlatformTools,
): Platform<TelegramBody> {
  const set = readTelegramSettings(account, settings)
  const { clock, fetch, words } = tools
  const log = tools.log.child({ account })
  const api = createBotApi(set.token, set.apiRoot, fetch)
  const path = account
  const connection: Connection = {
    account,
    api,
    clock,
    settings: set,
    webhookUrl: `${set.webhook?.publicUrl ?? ''}/webhooks/${encodeURIComponent(path)}`,
  }
  const shared: OutboxParts = {
    account,
    api,
    settings: set,
    renderers: { direct: createRenderer(), group: createRenderer({ ringsNobody: true }) },
    moves: new Map(),
    withoutDrafts: new Set(),
    stops: createStops(),
    clock,
  }
  const stopping = new AbortController()
  /** Outlives `stopping`: what was fetched is still stored. */
  const closing = new AbortController()
  /** What `start` was given: as soon as it aborts, this account is somebody else's. */
  let tenure: AbortSignal | undefined
  let health: Health = { state: 'starting', because: 'not started yet' }
  let me: Self | undefined
  let intake: Intake | undefined
  let running: Promise<void> = Promise.resolve()

  return {
    account,

    async start(inbox, world) {
      const signal = AbortSignal.any([world.signal, stopping.signal])
      const end = AbortSignal.any([world.signal, closing.signal])
      tenure = world.signal
      const taking = createIntake({
        account,
        api,
        clock,
        log,
        words,
        inbox,
        reading: () => ({
          account,
          me: me ?? NOBODY,
          commands: world.commands,
          allowBots: set.allowBots,
          receivedAtMs: clock.now(),
          stopToken: shared.stops.tokenOf,
        }),
        saw(event) {
          if (event.kind === 'moved') shared.moves.set(Number(event.from.chatId), Number(event.to.chatId))
        },
        ...(world.rolesWanted === true ? { roles: { untilKnown: set.mode === 'polling' } } : {}),
        stopping: signal,
        signal: end,
      })
      intake = taking
      await tryToConnect(signal)
      running = set.mode === 'polling' ? pollUpdates(taking, signal, end) : awaitConnection(signal)
    },

    async stop() {
      stopping.abort()
      const settled = new AbortController()
      const patience = clock.sleep(STOP_WITHIN_MS, settled.signal).catch(() => undefined)
      const quiet = running.then(() => intake?.settled())
      await Promise.race([quiet, patience])
      settled.abort()
      closing.abort()
      await quiet
    },

    outboxFor: (target) => createOutbox(readPlace(target), shared),
    openDirect: async (person) => directTarget(account, person),
    openAttachment: (attachment, signal) =>
      openFile({ account, api, fetch, settings: set }, attachment, signal),
    publishCommands: (commands, signal) => publishMenu(account, api, commands, signal),
    publishedCommands: (signal) => publishedMenus(account, api, signal),
    check: (signal, wants) => checkAccount({ ...connection, fetch }, signal, wants),
    health: () => (isOver() ? { state: 'stopped' } : health),
    ...(set.mode === 'webhook' && set.webhook !== undefined
      ? {
          webhook: {
            path,
            handle: createWebhookHandler({ secret: set.webhook.secret, log, offer: offering }),
          },
        }
      : {}),
  }

  /** The first attempt: rejects for a wrong token alone. */
  async function tryToConnect(signal: AbortSignal): Promise<void> {
    try {
      await connectNow(signal)
    } catch (error) {
      const failure = toPlatformError(account, 'connect', error, signal)
      if (failure.kind === 'denied') {
        health = { state: 'down', because: failure.message }
        throw failure
      }
      if (signal.aborted) return
      health = { state: 'down', because: failure.message }
      log.warn({ kind: failure.kind }, 'Telegram cannot be reached yet; trying on', failure)
    }
  }

  async function connectNow(signal: AbortSignal): Promise<void> {
    me = await connect(connection, signal)
    health = { state: 'up' }
    log.info({ username: me.username, mode: set.mode }, 'connected to Telegram')
  }

  function pollUpdates(taking: Intake, signal: AbortSignal, end: AbortSignal): Promise<void> {
    return poll({
      account,
      api,
      clock,
      log,
      connect: connectNow,
      connected: me !== undefined,
      offer: taking.offer,
      setHealth: (state) => {
        health = state
      },
      signal,
      end,
    })
  }

  async function awaitConnection(signal: AbortSignal): Promise<void> {
    try {
      while (me === undefined) {
        await clock.sleep(CONNECT_AGAIN_MS, signal)
        await tryToConnect(signal)
      }
    } catch (error) {
      // The stop ends the wait; a refused token ends the attempts, and health says so.
      if (!signal.aborted) log.error({}, 'Telegram refuses the token', error)
    }
  }

  function offering(): Intake['offer'] | undefined {
    return me === undefined || isOver() ? undefined : intake?.offer
  }

  function isOver(): boolean {
    return stopping.signal.aborted || tenure?.aborted === true
  }
}

/** Before getMe went through no update is read. */
const NOBODY: Self = { id: 0 }

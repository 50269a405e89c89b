// Which accounts does this process serve, and until when? With a store of its own: all, for ever. With a shared one: those
// it has a claim to; the others it stands by for, and takes over when their process is gone.

import { PlatformError } from './contract/errors.ts'
import type { ChatEvent } from './contract/event.ts'
import type { Ack, Health, Platform, Webhook } from './contract/platform.ts'
import { rolesWanted } from './contract/policy.ts'
import type { Resources } from './resources.ts'
import type { Claim, Claims } from './store/claims.ts'
import type { Handed } from './store/handed.ts'
import { createMemory } from './store/memory.ts'
import { beginTenure, nameOf, publishMenu, type Tenure, type Unit } from './tenure.ts'

export interface Accounts {
  /** Serves what it can have. Resolves when each account is served here, or another process does; rejects when no platform will have us. */
  open(): Promise<void>
  /** Of what is served here, by account (and part). */
  health(): Readonly<Record<string, Health>>
  readonly webhooks: readonly Webhook[]
  /** Accounts this process serves, and those it stands by for. */
  readonly served: readonly string[]
  /** Closes the intake everywhere; resolves when running turns have ended, or have let go. */
  close(): Promise<void>
}

export interface AccountsWorld {
  readonly resources: Resources
  readonly claims: Claims
  readonly handed: Handed
  /** Aborts when running turns must let go. */
  readonly letGo: AbortSignal
}

const ASK_AGAIN_MS = 5_000
const PARTS_WITHIN_MS = 15_000

export function openAccounts({ resources, claims, handed, letGo }: AccountsWorld): Accounts {
  const { log, clock, store, policy } = resources
  const stopping = new AbortController()
  /** Whom to send by; who was never started is as good for that. */
  const platforms = new Map(resources.platforms)
  const tenures = new Map<string, Tenure>()
  const loops: Promise<void>[] = []
  const refusals: unknown[] = []
  /** Those that have not been connected yet: each can be once. */
  const fresh = new Map(resources.platforms)

  return {
    open,
    health,
    webhooks: [...resources.platforms.values()].flatMap(({ webhook }) => (webhook ? [webhook] : [])),
    get served() {
      return [...tenures.keys()]
    },
    async close() {
      stopping.abort(new Error('the process is stopping'))
      const called = [...resources.platforms.values()].filter(({ webhook }) => webhook)
      await Promise.allSettled(called.map((platform) => platform.stop()))
      await Promise.all(loops)
    },
  }

  async function open(): Promise<void> {
    await Promise.all(inAnyOrder([...resources.platforms.keys()]).map(openAccount))
    if (refusals.length > 0 && refusals.length === resources.platforms.size) throw refusals[0]
  }

  async function openAccount(account: string): Promise<void> {
    const units = await unitsOf(account)
    if (units === undefined) loops.push(openLater(account))
    else await Promise.all(units.map(openUnit))
    const platform = resources.platforms.get(account)
    if (platform?.webhook) await callable(platform)
  }

  /** Undefined while the platform does not say. */
  async function unitsOf(account: string): Promise<readonly Unit[] | undefined> {
    const platform = resources.platforms.get(account)
    if (store.kind !== 'redis' || !platform?.parts) return [{ account, parts: [] }]
    try {
      const within = AbortSignal.any([stopping.signal, AbortSignal.timeout(PARTS_WITHIN_MS)])
      const parts = await platform.parts(within)
      return parts.length < 2 ? [{ account, parts: [] }] : parts.map((part) => ({ account, part, parts }))
    } catch (error) {
      // A wrong token is told by the start; whatever else may pass.
      if (error instanceof PlatformError && error.kind === 'denied') return [{ account, parts: [] }]
      log.warn({ account }, 'how this account is shared is not known yet; asking again', error)
      return undefined
    }
  }

  async function openLater(account: string): Promise<void> {
    let units: readonly Unit[] | undefined
    while (units === undefined && !stopping.signal.aborted) {
      await clock.sleep(ASK_AGAIN_MS, stopping.signal).catch(() => undefined)
      units = await unitsOf(account)
    }
    if (!stopping.signal.aborted) await Promise.all((units ?? []).map(openUnit))
  }

  async function openUnit(unit: Unit): Promise<void> {
    const claim = await claims.tryHoldAtStart(nameOf(unit))
    if (!claim) log.info({ account: nameOf(unit) }, 'another process serves this account; standing by')
    const tenure = claim && (await begin(unit, claim))
    loops.push(keepServing(unit, tenure))
  }

  /** From tenure to tenure, until the process stops. */
  async function keepServing(unit: Unit, first: Tenure | undefined): Promise<void> {
    let tenure = first
    for (;;) {
      if (tenure) {
        await aborted(AbortSignal.any([tenure.lost, stopping.signal]))
        tenures.delete(nameOf(unit))
        await tenure.end()
      }
      if (stopping.signal.aborted) return
      tenure = await next(unit)
    }
  }

  async function next(unit: Unit): Promise<Tenure | undefined> {
    let claim: Claim | undefined
    try {
      claim = await claims.hold(nameOf(unit), stopping.signal)
      log.info({ account: nameOf(unit) }, 'serving this account from now on')
      return await begin(unit, claim)
    } catch (error) {
      if (stopping.signal.aborted) {
        await claim?.release()
        return undefined
      }
      log.error({ account: nameOf(unit) }, 'this account could not be taken over; trying again', error)
      await claim?.release()
      await clock.sleep(ASK_AGAIN_MS, stopping.signal).catch(() => undefined)
      return undefined
    }
  }

  async function begin(unit: Unit, claim: Claim): Promise<Tenure> {
    const { account } = unit
    const isCalled = resources.platforms.get(account)?.webhook !== undefined
    const platform = isCalled ? toSendBy(account) : await toConnect(unit)
    const tenure = await beginTenure(unit, claim, platform, !isCalled, { resources, platforms, letGo })
    if (tenure.refusal !== undefined) refusals.push(tenure.refusal)
    tenures.set(nameOf(unit), tenure)
    if (isCalled && store.kind === 'redis') {
      const signal = AbortSignal.any([tenure.lost, stopping.signal])
      loops.push(handed.receive(account, (event) => tenure.bridge.inbox(event, signal), signal))
    }
    return tenure
  }

  /** A platform is connected once in its life. */
  async function toConnect({ account, part }: Unit): Promise<Platform> {
    const unused = part === undefined ? fresh.get(account) : undefined
    fresh.delete(account)
    const platform = unused ?? (await resources.makePlatform(account, part))
    platforms.set(account, platform)
    return platform
  }

  function toSendBy(account: string): Platform {
    const platform = platforms.get(account)
    if (!platform) throw new Error(`no platform is configured under "${account}"`)
    return platform
  }

  /** What the platform calls is there in every process. */
  async function callable(platform: Platform): Promise<void> {
    const { account } = platform
    const world = {
      commands: policy.commands,
      memory: createMemory(store, account),
      rolesWanted: rolesWanted(policy),
      signal: stopping.signal,
    }
    try {
      await platform.start((event, signal) => taken(account, event, signal), world)
      void publishMenu(platform, resources, stopping.signal)
    } catch (error) {
      log.error({ account }, 'this platform cannot be used', error)
      refusals.push(error)
    }
  }

  function taken(account: string, event: ChatEvent, signal: AbortSignal): Promise<Ack> {
    const tenure = tenures.get(nameOf({ account, parts: [] }))
    return tenure ? tenure.bridge.inbox(event, signal) : handed.handOver(account, event, signal)
  }

  function health(): Readonly<Record<string, Health>> {
    const all: Record<string, Health> = {}
    for (const [name, { platform }] of tenures) all[name.replace(/^account:/, '')] = healthOf(platform)
    for (const platform of resources.platforms.values()) {
      if (platform.webhook) all[platform.account] = healthOf(platform)
    }
    return all
  }

  /** Connected, and taking what we send. */
  function healthOf(platform: Platform): Health {
    const connected = platform.health()
    return connected.state === 'up' ? resources.pacer.health(platform.account) : connected
  }
}

/** Processes that start at the same moment begin with different ones. */
function inAnyOrder<T>(all: readonly T[]): readonly T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

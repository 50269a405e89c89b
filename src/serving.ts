// How is one account served by this process? From tenure to tenure of each of its parts: those another process holds it
// stands by for, and takes over when that one is gone; until the process stops, or the account is left.

import { NotStoredError, PlatformError } from './contract/errors.ts'
import type { ChatEvent } from './contract/event.ts'
import type { Ack, Health, Platform } from './contract/platform.ts'
import { rolesWanted } from './contract/policy.ts'
import type { Resources } from './resources.ts'
import type { Claim, Claims } from './store/claims.ts'
import type { Handed } from './store/handed.ts'
import { createMemory } from './store/memory.ts'
import { asError, beginTenure, nameOf, publishMenu, type Tenure, type Unit } from './tenure.ts'

export interface Serving {
  readonly account: string
  /** What it is called by, and whose health is asked for where nothing else is. */
  readonly platform: Platform
  /** Why the platform would not have us; undefined as long as it would. */
  readonly refusal: Error | undefined
  /** By the name of each part that is served here. */
  readonly tenures: ReadonlyMap<string, Tenure>
  /** Resolves when it is served here, or another process does. `patient`: what fails is tried again instead of rejecting. */
  open(patient?: boolean): Promise<void>
  /** Closes the intake; resolves when running turns have ended, or have let go. */
  leave(): Promise<void>
  /** Running turns let go: the journal takes over. */
  cut(): void
}

export interface ServingWorld {
  readonly resources: Resources
  readonly claims: Claims
  readonly handed: Handed
  /** By account: whom to send by. Who was never started is as good for that. */
  readonly platforms: Map<string, Platform>
  /** Aborts when running turns must let go. */
  readonly letGo: AbortSignal
}

const ASK_AGAIN_MS = 5_000
const PARTS_WITHIN_MS = 15_000

/** `made`: not connected yet. A platform is connected once in its life. */
export function serveAccount(account: string, made: Platform, world: ServingWorld): Serving {
  const { resources, claims, handed, platforms } = world
  const { log, clock, store, policy } = resources
  const stopping = new AbortController()
  const cutting = new AbortController()
  const letGo = AbortSignal.any([world.letGo, cutting.signal])
  const tenures = new Map<string, Tenure>()
  const loops: Promise<void>[] = []
  let unused: Platform | undefined = made
  let refusal: Error | undefined
  platforms.set(account, made)

  return {
    account,
    platform: made,
    tenures,
    open,
    get refusal() {
      return refusal
    },
    async leave() {
      stopping.abort(new Error('this account is not served by this process any more'))
      if (made.webhook) await made.stop().catch(() => undefined)
      // What is being opened still adds to them.
      for (let settled = 0; settled < loops.length;) {
        settled = loops.length
        await Promise.all(loops)
      }
    },
    cut() {
      cutting.abort(new Error('this account is not served by this process any more'))
    },
  }

  function open(patient = false): Promise<void> {
    const opening = openAll(patient)
    loops.push(opening.catch(() => undefined))
    return opening
  }

  async function openAll(patient: boolean): Promise<void> {
    const units = await unitsOfAccount()
    if (units === undefined) loops.push(openLater())
    else await Promise.all(units.map((unit) => openUnit(unit, patient)))
    if (made.webhook && !stopping.signal.aborted) await callable()
  }

  /** Undefined while the platform does not say. */
  async function unitsOfAccount(): Promise<readonly Unit[] | undefined> {
    if (store.kind !== 'redis' || !made.parts) return [{ account, parts: [] }]
    try {
      const within = AbortSignal.any([stopping.signal, AbortSignal.timeout(PARTS_WITHIN_MS)])
      const parts = await made.parts(within)
      return parts.length < 2 ? [{ account, parts: [] }] : parts.map((part) => ({ account, part, parts }))
    } catch (error) {
      // A wrong token is told by the start; whatever else may pass.
      if (error instanceof PlatformError && error.kind === 'denied') return [{ account, parts: [] }]
      log.warn({ account }, 'how this account is shared is not known yet; asking again', error)
      return undefined
    }
  }

  async function openLater(): Promise<void> {
    let units: readonly Unit[] | undefined
    while (units === undefined && !stopping.signal.aborted) {
      await clock.sleep(ASK_AGAIN_MS, stopping.signal).catch(() => undefined)
      units = await unitsOfAccount()
    }
    if (!stopping.signal.aborted) await Promise.all((units ?? []).map((unit) => openUnit(unit, true)))
  }

  async function openUnit(unit: Unit, patient: boolean): Promise<void> {
    const first = await tryToBegin(unit).catch((error: unknown) => {
      if (!patient) throw error
      log.error({ account: nameOf(unit) }, 'this account cannot be served yet; trying again', error)
      return undefined
    })
    loops.push(keepServing(unit, first))
  }

  async function tryToBegin(unit: Unit): Promise<Tenure | undefined> {
    const claim = await claims.tryHoldAtStart(nameOf(unit))
    if (!claim) log.info({ account: nameOf(unit) }, 'another process serves this account; standing by')
    return claim && (await beginOrRelease(unit, claim))
  }

  /** A claim without a tenure would keep everybody else away. */
  async function beginOrRelease(unit: Unit, claim: Claim): Promise<Tenure> {
    try {
      return await begin(unit, claim)
    } catch (error) {
      await claim.release()
      throw error
    }
  }

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
    try {
      const claim = await claims.hold(nameOf(unit), stopping.signal)
      log.info({ account: nameOf(unit) }, 'serving this account from now on')
      return await beginOrRelease(unit, claim)
    } catch (error) {
      if (stopping.signal.aborted) return undefined
      log.error({ account: nameOf(unit) }, 'this account could not be taken over; trying again', error)
      await clock.sleep(ASK_AGAIN_MS, stopping.signal).catch(() => undefined)
      return undefined
    }
  }

  async function begin(unit: Unit, claim: Claim): Promise<Tenure> {
    const isCalled = made.webhook !== undefined
    const platform = isCalled ? made : await toConnect(unit)
    const tenure = await beginTenure(unit, claim, platform, !isCalled, { resources, platforms, letGo })
    refusal ??= tenure.refusal
    tenures.set(nameOf(unit), tenure)
    if (isCalled && store.kind === 'redis') {
      const signal = AbortSignal.any([tenure.lost, stopping.signal])
      loops.push(handed.receive(account, (event) => tenure.bridge.inbox(event, signal), signal))
    }
    return tenure
  }

  async function toConnect({ part }: Unit): Promise<Platform> {
    const first = part === undefined ? unused : undefined
    unused = undefined
    const platform = first ?? (await resources.makePlatform(account, part))
    platforms.set(account, platform)
    return platform
  }

  /** What the platform calls is there in every process. */
  async function callable(): Promise<void> {
    const connection = {
      get commands() {
        return policy.commands
      },
      memory: createMemory(store, account),
      rolesWanted: rolesWanted(policy),
      signal: stopping.signal,
    }
    try {
      await made.start(taken, connection)
      void publishMenu(made, resources, stopping.signal)
    } catch (error) {
      log.error({ account }, 'this platform cannot be used', error)
      refusal ??= asError(error)
    }
  }

  async function taken(event: ChatEvent, signal: AbortSignal): Promise<Ack> {
    const tenure = tenures.get(nameOf({ account, parts: [] }))
    if (tenure) return await tenure.bridge.inbox(event, signal)
    // With a store of its own there is nobody else: the platform shall offer it again.
    if (store.kind !== 'redis') throw new NotStoredError('this account is not served any more')
    return await handed.handOver(account, event, signal)
  }
}

/** Connected, and taking what we send. By account (and part). */
export function healthOf(
  { account, platform, tenures }: Serving,
  { pacer }: Pick<Resources, 'pacer'>,
): readonly (readonly [string, Health])[] {
  const one = (each: Platform): Health => {
    const connected = each.health()
    return connected.state === 'up' ? pacer.health(account) : connected
  }
  const served = [...tenures].map(
    ([name, tenure]) => [name.replace(/^account:/, ''), one(tenure.platform)] as const,
  )
  return platform.webhook ? [...served, [account, one(platform)]] : served
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

// Which accounts does this process serve, and until when? With a store of its own: all, for ever. With a shared one: those
// it has a claim to; the others it stands by for. A new configuration may bring some, take some, and change some.

import type { Health, Platform, Webhook } from './contract/platform.ts'
import type { Clock } from './contract/runtime.ts'
import type { Resources } from './resources.ts'
import { healthOf, serveAccount, type Serving } from './serving.ts'
import type { Claims } from './store/claims.ts'
import type { Handed } from './store/handed.ts'
import { publishMenu } from './tenure.ts'

export interface Accounts {
  /** Serves what it can have. Resolves when each account is served here, or another process does; rejects when no platform will have us. */
  open(): Promise<void>
  /** Of what is served here, by account (and part). */
  health(): Readonly<Record<string, Health>>
  /** Where platforms call us, just now. */
  readonly webhooks: readonly Webhook[]
  /** By account: whom to send by, just now. */
  readonly platforms: ReadonlyMap<string, Platform>
  /** Accounts this process serves, and those it stands by for. */
  readonly served: readonly string[]
  /** All that are configured, served here or not. */
  readonly known: readonly string[]
  /**
   * Leaves what is gone or changed, once its running turns have ended or `drainMs` have passed, and serves what is new or
   * changed, made anew. The others do not notice. Called one at a time.
   */
  change(which: AccountChanges, drainMs: number): Promise<void>
  /** Makes the command menus of all accounts equal to the policy's commands. Never rejects. */
  publishMenus(): Promise<void>
  /** Closes the intake everywhere; resolves when running turns have ended, or have let go. */
  close(): Promise<void>
}

export interface AccountChanges {
  readonly gone: readonly string[]
  readonly changed: readonly string[]
  readonly added: readonly string[]
}

export interface AccountsWorld {
  readonly resources: Resources
  readonly claims: Claims
  readonly handed: Handed
  /** Aborts when running turns must let go. */
  readonly letGo: AbortSignal
}

export function openAccounts({ resources, ...given }: AccountsWorld): Accounts {
  const stopping = new AbortController()
  const world = { ...given, resources, platforms: new Map<string, Platform>() }
  const servings = new Map<string, Serving>()
  for (const [account, platform] of resources.platforms)
    servings.set(account, serveAccount(account, platform, world))

  return {
    health: () => Object.fromEntries(all().flatMap((serving) => healthOf(serving, resources))),
    get webhooks() {
      return all().flatMap(({ platform: { webhook } }) => (webhook ? [webhook] : []))
    },
    get served() {
      return all().flatMap(({ tenures }) => [...tenures.keys()])
    },
    get known() {
      return [...servings.keys()]
    },
    async open() {
      await Promise.all(inAnyOrder(all()).map((serving) => serving.open()))
      const first = all()[0]?.refusal
      if (first !== undefined && all().every(({ refusal }) => refusal !== undefined)) throw first
    },
    platforms: world.platforms,
    async change({ gone, changed, added }, drainMs) {
      // Made first: what cannot be made leaves everything as it is.
      const making = [...changed, ...added].map(
        async (account) => [account, await resources.makePlatform(account)] as const,
      )
      const made = await Promise.all(making)
      await Promise.all([...gone, ...changed].map((account) => leave(account, drainMs)))
      for (const account of gone) world.platforms.delete(account)
      await Promise.all(made.map(([account, platform]) => begin(account, platform)))
    },
    async publishMenus() {
      const shown = all().flatMap(({ tenures, platform }) => {
        const first = [...tenures.values()].find(({ unit }) => unit.part === unit.parts[0])
        return first ? [first.platform] : platform.webhook ? [platform] : []
      })
      await Promise.all(shown.map((platform) => publishMenu(platform, resources, stopping.signal)))
    },
    async close() {
      stopping.abort(new Error('the process is stopping'))
      await Promise.all(all().map((serving) => serving.leave()))
    },
  }

  function all(): readonly Serving[] {
    return [...servings.values()]
  }

  async function leave(account: string, drainMs: number): Promise<void> {
    const serving = servings.get(account)
    if (serving === undefined) return
    await within(drainMs, resources.clock, serving.leave(), () => serving.cut())
    servings.delete(account)
  }

  async function begin(account: string, platform: Platform): Promise<void> {
    if (stopping.signal.aborted) return
    const serving = serveAccount(account, platform, world)
    servings.set(account, serving)
    await serving.open(true)
  }
}

/** After so long `late` is called, which must bring the work to its end. */
async function within(ms: number, clock: Clock, work: Promise<void>, late: () => void): Promise<void> {
  const over = new AbortController()
  const waiting = clock.sleep(ms, over.signal).then(late, () => undefined)
  await work
  over.abort()
  await waiting
}

/** Processes that start at the same moment begin with different ones. */
function inAnyOrder<T>(all: readonly T[]): readonly T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

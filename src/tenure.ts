// What goes on while this process alone serves an account, or one part of it? A bridge of its own, over the turns that are
// there, and the platform's connection; all of it ends with the claim.

import { createBridge, type Bridge } from './bridge/bridge.ts'
import { createPersonBudget } from './bridge/intake/allowance.ts'
import { PlatformError } from './contract/errors.ts'
import type { Inbox, Platform } from './contract/platform.ts'
import { rolesWanted } from './contract/policy.ts'
import type { TurnRecord } from './contract/turn.ts'
import { fencedAssistant, fencedPacer } from './fenced.ts'
import type { Resources } from './resources.ts'
import type { Claim } from './store/claims.ts'
import { createJournal } from './store/journal.ts'
import { createMemory } from './store/memory.ts'
import { createPatience, patientConversations, patientFiles, patientJournal } from './store/patient.ts'
import { timedJournal } from './store/timed.ts'
import { createTokens } from './store/tokens.ts'
import { createToldOnce } from './store/told.ts'

/** What one process serves at a time. */
export interface Unit {
  readonly account: string
  readonly part?: string
  /** Of its account, in order; empty where it is one. */
  readonly parts: readonly string[]
}

export interface Tenure {
  readonly unit: Unit
  readonly bridge: Bridge
  readonly platform: Platform
  readonly lost: AbortSignal
  /** Why the platform would not have us; the bridge is there all the same. */
  readonly refusal: Error | undefined
  /** Closes the intake; resolves when running turns have ended, or have let go. The claim is given back. */
  end(): Promise<void>
}

export interface TenureWorld {
  readonly resources: Resources
  /** By account: whom to send by. */
  readonly platforms: ReadonlyMap<string, Platform>
  /** Aborts when running turns must let go: the journal takes over. */
  readonly letGo: AbortSignal
}

const MENU_WITHIN_MS = 60_000

/** `connects`: the platform is started here, and not by a webhook that every process has. Rejects where the store cannot be read. */
export async function beginTenure(
  unit: Unit,
  claim: Claim,
  platform: Platform,
  connects: boolean,
  { resources, platforms, letGo }: TenureWorld,
): Promise<Tenure> {
  const { store, log, clock, metrics, policy } = resources
  const numbers = labelled(resources, unit)
  const over = new AbortController()
  const pacer = fencedPacer(resources.pacer, claim)
  const lettingGo = AbortSignal.any([letGo, claim.lost])
  const patient = createPatience({ clock, log, signal: lettingGo })
  const budget = createPersonBudget(policy, store.coordination, createTokens(store, clock))
  const bridge = createBridge(
    {
      ...resources,
      budget,
      told: createToldOnce(store),
      // A part has a platform of its own; else it is the one that all know, whoever comes and goes.
      platforms: unit.part === undefined ? platforms : new Map([...platforms, [unit.account, platform]]),
      assistant: fencedAssistant(resources.assistant, claim),
      journal: patientJournal(
        timedJournal(createJournal(store, log, shareOf(unit, claim)), resources),
        patient,
      ),
      conversations: patientConversations(resources.conversations, patient),
      files: patientFiles(resources.files, patient),
      metrics: numbers,
      pacer,
      answerMedia: resources.answerMedia(pacer),
      letGo: lettingGo,
      lastHandles: new Map(),
    },
    budget,
  )
  await bridge.recover()
  metrics.gauge('bridge_claims', 1, { account: nameOf(unit) })
  const refusal = connects ? await connect(bridge.inbox) : undefined
  return { unit, bridge, platform, lost: claim.lost, refusal, end }

  async function connect(inbox: Inbox): Promise<Error | undefined> {
    const signal = AbortSignal.any([over.signal, claim.lost])
    const memory = createMemory(store, unit.account)
    const world = {
      get commands() {
        return policy.commands
      },
      memory,
      rolesWanted: rolesWanted(policy),
      signal,
    }
    try {
      await platform.start(inbox, world)
    } catch (error) {
      log.error({ account: unit.account }, 'this platform cannot be used', error)
      return asError(error)
    }
    // A menu is no reason to wait: it ends by itself, at the latest with the tenure.
    if (unit.part === unit.parts[0]) void publishMenu(platform, resources, signal)
    return undefined
  }

  async function end(): Promise<void> {
    if (connects) await platform.stop()
    await bridge.close()
    // What is left is counted by whoever goes on with it.
    numbers.gauge('bridge_turns_open', 0)
    numbers.gauge('bridge_turns_waiting', 0)
    over.abort(new Error('this account is not served here any more'))
    metrics.gauge('bridge_claims', 0, { account: nameOf(unit) })
    await claim.release()
    const { turnsOpen } = bridge
    if (turnsOpen > 0)
      log.info({ account: unit.account, turns: turnsOpen }, 'left to the journal, for whoever goes on')
  }
}

/** Never rejects. */
export async function publishMenu(
  platform: Platform,
  { policy, log }: Pick<Resources, 'policy' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(MENU_WITHIN_MS)])
    await platform.publishCommands?.(policy.commands, within)
  } catch (error) {
    if (signal.aborted || (error instanceof PlatformError && error.kind === 'cancelled')) return
    log.warn({ account: platform.account }, 'the command menu could not be published', error)
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

export function nameOf({ account, part }: Unit): string {
  return part === undefined ? `account:${account}` : `account:${account}#${part}`
}

function shareOf({ account, part, parts }: Unit, { held }: Claim) {
  // What came by a part that is no more goes to the first.
  const isOurs = (record: TurnRecord): boolean => {
    if (record.asked.address.account !== account) return false
    const cameBy = record.part
    if (part === undefined || cameBy === part) return true
    return part === parts[0] && (cameBy === undefined || !parts.includes(cameBy))
  }
  return {
    isOurs,
    ...(part === undefined ? {} : { part }),
    ...(held === undefined ? {} : { under: held }),
  }
}

/** Each bridge tells its own numbers. */
function labelled({ metrics }: Resources, unit: Unit): Resources['metrics'] {
  const account = unit.part === undefined ? unit.account : `${unit.account}#${unit.part}`
  return { ...metrics, gauge: (name, value, labels) => metrics.gauge(name, value, { account, ...labels }) }
}

// How do admins hear what only they can mend? In a private message to each, once, not once a failure.

import { PlatformError } from '../contract/errors.ts'
import type { ReplyTarget, SenderId } from '../contract/event.ts'
import type { Notice } from '../contract/notice.ts'
import type { Platform } from '../contract/platform.ts'
import { tellPerson } from './errands.ts'
import type { BridgeWorld } from './world.ts'

type AdminsWorld = Pick<
  BridgeWorld,
  'platforms' | 'policy' | 'pacer' | 'words' | 'log' | 'letGo' | 'told' | 'clock'
>

/**
 * Tells everybody whom `access.admins` names as a person: on its account, else wherever they can be written to. Once per
 * `key` until `nowWell(key)`, and not twice within a day, over all processes. Never rejects; ends with `world.letGo`.
 */
export async function tellAdmins(world: AdminsWorld, notice: Notice, key: string): Promise<void> {
  try {
    if (!world.told || !(await world.told.first(key))) return
    let heard = 0
    for (const { platform, person } of adminsOf(world)) {
      if (await tellOne(world, platform, person, notice, key)) heard += 1
    }
    world.log.warn({ key, admins: heard }, heard > 0 ? 'admins were told' : 'no admin could be told')
    if (heard === 0) await world.told.forget(key)
  } catch (error) {
    if (!world.letGo.aborted) world.log.error({ key }, 'admins could not be told', error)
  }
}

/** It works again: should it end once more, that is news. Never rejects. */
export async function nowWell(world: AdminsWorld, key: string): Promise<void> {
  await world.told?.over(key).catch((error: unknown) => {
    world.log.warn({ key }, 'could not note that it works again', error)
  })
}

async function tellOne(
  world: AdminsWorld,
  platform: Platform,
  person: SenderId,
  notice: Notice,
  key: string,
): Promise<boolean> {
  const replyTarget = await openDirect(world, platform, person)
  if (!replyTarget) return false
  const { locale } = world.policy
  const id = `admin ${key} ${platform.account} ${person} ${world.clock.now()}`
  const to = { id, sender: { id: person, isBot: false }, replyTarget, chatKind: 'direct', locale } as const
  return await tellPerson(to, [notice], world)
}

/** Undefined where the platform does not know this person, or cannot write first. */
async function openDirect(
  { pacer, letGo, log }: AdminsWorld,
  platform: Platform,
  person: SenderId,
): Promise<ReplyTarget | undefined> {
  const open = platform.openDirect?.bind(platform)
  if (!open) return undefined
  const { account } = platform
  const plan = {
    account,
    limits: { budgets: [] },
    kind: 'post',
    urgency: 'answer',
    repeatable: true,
    deadlineMs: OPEN_WITHIN_MS,
  } as const
  try {
    return await pacer.call(plan, (signal) => open(person, signal), letGo)
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind === 'cancelled') throw error
    log.info({ account, kind: error.kind }, 'an admin cannot be written to here')
    return undefined
  }
}

const OPEN_WITHIN_MS = 10_000

function adminsOf({ platforms, policy }: AdminsWorld): readonly {
  readonly platform: Platform
  readonly person: SenderId
}[] {
  return [...new Set(policy.access.admins)].flatMap((entry) => {
    const [, account, id] = /^(?:([^/]+)\/)?user:(.+)$/.exec(entry) ?? []
    if (id === undefined) return []
    const person = id as SenderId
    const own = account === undefined ? [...platforms.values()] : [platforms.get(account)]
    return own.flatMap((platform) => (platform === undefined ? [] : [{ platform, person }]))
  })
}

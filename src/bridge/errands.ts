// Small things done beside the turns: one sentence to a person. Every promise of theirs ends here; their number is bounded.

import { createHash } from 'node:crypto'
import { PlatformError } from '../contract/errors.ts'
import type { MessageId, ReplyTarget, Sender } from '../contract/event.ts'
import type { Notice } from '../contract/notice.ts'
import type { Outbox } from '../contract/platform.ts'
import type { BridgeWorld } from './world.ts'

export interface Errands {
  /** Says one sentence. Dropped when too many are under way: it is a courtesy, not a reply. */
  tell(to: Addressee, notices: readonly Notice[]): void
  /** Puts plain words, without buttons, in the place of a message of ours. */
  edit(outbox: Outbox, account: string, messageId: MessageId, text: string): void
  /** Anything else that nobody waits for. */
  run(name: string, errand: () => Promise<void>): void
  /** Resolves when all have ended. */
  settle(): Promise<void>
}
export interface Addressee {
  readonly id: string
  readonly sender: Sender
  readonly replyTarget: ReplyTarget
  readonly chatKind: 'direct' | 'group'
  readonly messageId?: MessageId
  /** The language they are told in. */
  readonly locale: string
}

const MOST_AT_ONCE = 1_000

export function createErrands(world: BridgeWorld): Errands {
  const underWay = new Set<Promise<void>>()
  return { run, tell, edit, settle }

  function run(name: string, errand: () => Promise<void>): void {
    if (underWay.size >= MOST_AT_ONCE) {
      world.log.warn({ errand: name }, 'too many errands at once: one was dropped')
      return
    }
    const promise = errand().catch((error: unknown) => {
      if (world.letGo.aborted) return
      world.log.warn({ errand: name }, 'an errand failed', error)
    })
    underWay.add(promise)
    void promise.finally(() => underWay.delete(promise))
  }

  function tell(to: Addressee, notices: readonly Notice[]): void {
    run('tell', async () => {
      await tellPerson(to, notices, world)
    })
  }

  function edit(outbox: Outbox, account: string, messageId: MessageId, text: string): void {
    const plan = {
      account,
      limits: outbox.limits,
      kind: 'edit',
      urgency: 'answer',
      repeatable: true,
    } as const
    const body = outbox.renderer.plain(text)
    run('edit', () =>
      world.pacer
        .call(plan, (signal) => outbox.edit(messageId, body, { controls: [] }, signal), world.letGo)
        .catch((error: unknown) => {
          if (!(error instanceof PlatformError)) throw error
          world.log.debug({ account, kind: error.kind }, 'a question could not be closed on the screen')
        }),
    )
  }

  async function settle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay)
  }
}

/**
 * One sentence to a person, as a message of its own. Resolves also where the platform will not have it, with false;
 * rejects when the process lets go.
 */
export async function tellPerson(
  to: Addressee,
  notices: readonly Notice[],
  world: Pick<BridgeWorld, 'platforms' | 'words' | 'pacer' | 'letGo' | 'log'>,
): Promise<boolean> {
  const platform = world.platforms.get(to.replyTarget.account)
  if (!platform) throw new Error(`no platform is configured under "${to.replyTarget.account}"`)
  const text = notices.map((notice) => world.words.say(notice, to.locale)).join('\n')
  const outbox = platform.outboxFor(to.replyTarget)
  const key = createHash('sha256').update(`notice ${to.id}`).digest('hex').slice(0, 24)
  const replyTo = to.chatKind === 'group' && to.messageId !== undefined ? { replyTo: to.messageId } : {}
  const plan = {
    account: platform.account,
    limits: outbox.limits,
    kind: 'post',
    urgency: 'answer',
    repeatable: false,
  } as const
  const body = outbox.renderer.plain(text)
  try {
    await world.pacer.call(
      plan,
      (signal) => outbox.post(body, { key, controls: [], ...replyTo }, signal),
      world.letGo,
    )
    return true
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    world.log.info({ account: platform.account, kind: error.kind }, 'a notice could not be delivered')
    return false
  }
}

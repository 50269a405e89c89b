// The first words to somebody: the agent's own opening, and what it suggests to ask.

import type { ReplyTarget, EventBase, SenderId } from '../../contract/event.ts'
import type { Control } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import { parse } from '../../markdown/parse.ts'
import { toJson } from '../turn/controls.ts'
import { tokensOf } from '../turn/tokens.ts'
import type { BridgeWorld } from '../world.ts'

export interface Greeted {
  /** What is greeted for: makes the post's key and the buttons' tokens. */
  readonly id: string
  readonly replyTarget: ReplyTarget
  readonly chatKind: EventBase['chatKind']
  readonly route: Route
  readonly agent: string
  /** Whose the buttons are; absent: anybody's. */
  readonly owner?: SenderId
  readonly locale: string
}

const MOST_SUGGESTIONS = 5
const LASTS_MS = 3 * 24 * 60 * 60_000
const ASKED_WITHIN_MS = 10_000

/** False where the agent has no opening words: then something else is to be said. Rejects like an errand. */
export async function greet(to: Greeted, world: BridgeWorld): Promise<boolean> {
  const greeting = await openingOf(to, world)
  if (greeting === undefined || greeting.text.trim() === '') return false
  const platform = world.platforms.get(to.replyTarget.account)
  if (!platform) return false
  const outbox = platform.outboxFor(to.replyTarget)
  const { renderer, limits } = outbox
  const newToken = tokensOf(`greeting ${to.id}`, world)
  const suggestions = to.route.controls.suggestions ? greeting.suggestions : []
  const controls: Control[] = []
  for (const text of suggestions.slice(
    0,
    Math.min(MOST_SUGGESTIONS, limits.maxControls ?? MOST_SUGGESTIONS),
  )) {
    const token = newToken()
    const { owner, agent } = to
    const meaning = {
      kind: 'ask',
      text,
      echo: true,
      agent,
      ...(owner === undefined ? {} : { owner }),
    } as const
    await world.actions.put(token, toJson(meaning), LASTS_MS)
    controls.push({ kind: 'suggestion', token, label: text })
  }
  const rendered = renderer.render(parse(greeting.text))
  const body = renderer.fill(rendered) <= 1 ? rendered : renderer.plain(greeting.text.slice(0, 1_000))
  const key = newToken()
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
    .slice(0, 20)
  await world.pacer.call(
    { account: platform.account, limits, kind: 'post', urgency: 'answer', repeatable: false },
    (signal) => outbox.post(body, { key: `g${key}`, controls }, signal),
    world.letGo,
  )
  return true
}

/** Undefined where the assistant cannot say: a greeting is no reason to keep anybody waiting. */
async function openingOf({ agent }: Greeted, world: BridgeWorld) {
  const { assistant, policy, clock, letGo, log } = world
  const spec = policy.agents[agent]
  if (!spec || !assistant.greeting) return undefined
  const over = new AbortController()
  const within = AbortSignal.any([letGo, over.signal])
  clock.sleep(ASKED_WITHIN_MS, within).then(
    () => over.abort(),
    () => undefined,
  )
  try {
    return await assistant.greeting(spec, within)
  } catch (error) {
    letGo.throwIfAborted()
    log.warn({ agent }, 'the agent tells no opening words', error)
    return undefined
  } finally {
    over.abort()
  }
}

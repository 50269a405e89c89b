// What the bridge's own commands do. They bypass the lane: "stop" must not wait for what it stops.

import type { AskingEvent } from '../contract/event.ts'
import type { Notice } from '../contract/notice.ts'
import type { Localized, Policy, Route } from '../contract/policy.ts'
import type { Decision } from './decide.ts'
import type { Lanes } from './lane.ts'
import { languageFor, saidIn } from './language.ts'
import { STOPPED } from './turn.ts'
import type { BridgeWorld, LiveTurn } from './world.ts'

export interface BuiltinWorld extends Pick<BridgeWorld, 'conversations' | 'policy'> {
  readonly lanes: Lanes<LiveTurn>
  tell(notices: readonly Notice[]): void
}

export async function runBuiltin(
  { builtin, route, scopeKey }: Extract<Decision, { do: 'builtin' }>,
  world: BuiltinWorld,
  event: AskingEvent,
): Promise<void> {
  switch (builtin) {
    case 'start':
    case 'help':
      world.tell(help(event, route, world.policy))
      return
    case 'new':
      await world.conversations.drop(route.agent, scopeKey)
      world.tell([{ key: 'conversation.new' }])
      return
    case 'stop': {
      const running = world.lanes.running(scopeKey)
      if (!running) {
        world.tell([{ key: 'turn.nothingToStop' }])
        return
      }
      running.stop.abort(STOPPED)
      // The reply itself says that it was stopped; what came without a message waits for an answer of its own.
      if (event.messageId === undefined) world.tell([{ key: 'turn.stopped' }])
    }
  }
}

function help(event: AskingEvent, route: Route, policy: Policy): readonly Notice[] {
  const locale = languageFor(saidIn(event), route, policy)
  return [
    { key: 'help.title' },
    { key: event.chatKind === 'direct' ? 'help.direct' : 'help.group' },
    { key: 'help.commands' },
    ...policy.commands
      .filter(({ name }) => name !== 'start')
      .map(({ name, description }): Notice => {
        const params = { command: name, description: localized(description, locale) }
        return { key: 'help.command', params }
      }),
  ]
}

/** The exact locale, else the same language, else English. */
function localized(texts: Localized, locale: string): string {
  const language = locale.toLowerCase().split(/[-_]/)[0]
  const nearest = Object.keys(texts).find((known) => known.toLowerCase().split('-')[0] === language)
  return texts[locale] ?? (nearest === undefined ? undefined : texts[nearest]) ?? texts['en'] ?? ''
}

// What the bridge's own commands do. They bypass the lane: "stop" must not wait for what it stops.

import type { AskingEvent, EventId } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Ack } from '../../contract/platform.ts'
import { isAdmin } from '../access.ts'
import type { Decision } from '../decide.ts'
import { forget } from './forget.ts'
import { greet } from './greet.ts'
import { addressee, comingTo, isFirst, localeOf, NOTHING, tell, placeOf, type Hall } from './hall.ts'
import { helpFor, isForAdmins } from './help.ts'
import { letIn } from './pairing.ts'
import { agentFor, takeTurn } from './questions.ts'
import { stop, stopWaiting } from './stopping.ts'

type Asked = Extract<Decision, { do: 'builtin' }>

export async function takeBuiltin(hall: Hall, event: AskingEvent, decision: Asked): Promise<Ack> {
  if (decision.builtin === 'again') return await again(hall, event, decision)
  if (!(await isFirst(hall, event.id))) return NOTHING
  const { errands } = hall
  errands.run(decision.builtin, async () => {
    const notices = await done(hall, event, decision)
    if (notices.length > 0) errands.tell(addressee(hall, event, decision.route), notices)
  })
  const ack = comingTo(event)
  return ack.show === 'waiting' ? { ...ack, private: ONLY_FOR_THEM.has(decision.builtin) } : ack
}

/** What concerns nobody else in a group. */
const ONLY_FOR_THEM: ReadonlySet<string> = new Set(['help', 'status', 'whoami', 'forget', 'pair'])

/** Does it, and says what is to be said of it. */
async function done(hall: Hall, event: AskingEvent, decision: Asked): Promise<readonly Notice[]> {
  const { route, scopeKey } = decision
  const { world } = hall
  switch (decision.builtin) {
    case 'start':
      return (await greeted(hall, event, decision)) ? [] : help(hall, event, decision)
    case 'help':
      return help(hall, event, decision)
    case 'new':
      await world.conversations.drop(await agentFor(hall, route, scopeKey), scopeKey)
      // What would be said next is not meant for a question of the old one.
      for (const turn of world.waiting.allInLane(scopeKey)) stopWaiting(hall, turn)
      return [{ key: 'conversation.new' }]
    case 'stop':
      return stop(hall, event, scopeKey)
    case 'agent':
      return await agent(hall, event, decision)
    case 'status':
      return await status(hall, decision)
    case 'whoami':
      return whoami(hall, event)
    case 'forget':
      return await forget(hall, event, scopeKey)
    case 'pair':
      return await letIn(hall, event)
    case 'again':
      return []
  }
}

function help(hall: Hall, event: AskingEvent, { route }: Asked): readonly Notice[] {
  const { commands, access } = hall.world.policy
  const mine = isAdmin(event, access) ? commands : commands.filter((command) => !isForAdmins(command))
  return helpFor(event.chatKind, mine, localeOf(hall, event, route))
}

async function greeted(hall: Hall, event: AskingEvent, { route, scopeKey }: Asked): Promise<boolean> {
  const { chatKind, replyTarget, sender, id } = event
  const to = {
    id,
    replyTarget,
    chatKind,
    route,
    agent: await agentFor(hall, route, scopeKey),
    owner: sender.id,
    locale: localeOf(hall, event, route),
  }
  // Who has just come in and says "start" is greeted for that, and not for coming in as well.
  hall.told.first(placeOf(event.address), 'greeting')
  return await greet(to, hall.world)
}

/** The last question of this scope once more, as a turn of its own. */
async function again(hall: Hall, event: AskingEvent, { route, scopeKey }: Asked): Promise<Ack> {
  const last = hall.world.lastQuestions.get(scopeKey)
  if (last === undefined)
    return (await isFirst(hall, event.id)) ? tell(hall, event, { key: 'again.nothing' }, route) : NOTHING
  const agent = await agentFor(hall, route, scopeKey)
  return await takeTurn(hall, event, { ...last, route, scopeKey, agent, id: againId(event) })
}

const againId = ({ id }: AskingEvent): EventId => `${id}:again` as EventId

async function agent(hall: Hall, event: AskingEvent, { route, scopeKey }: Asked): Promise<readonly Notice[]> {
  const { choices } = hall.world
  const agents = route.agents.join(', ')
  const said = event.kind === 'command' ? (event.options['name'] ?? event.rest) : ''
  const wanted = (typeof said === 'string' ? said : '').trim().replace(/^name\s*[=:]\s*/i, '')
  const listed: readonly Notice[] =
    route.agents.length < 2 ? [] : [{ key: 'agent.choices', params: { agents } }]
  if (wanted === '') {
    const current = await agentFor(hall, route, scopeKey)
    return [{ key: 'agent.current', params: { agent: current } }, ...listed]
  }
  const chosen = route.agents.find((name) => name.toLowerCase() === wanted.toLowerCase())
  if (chosen === undefined) return [{ key: 'agent.unknown', params: { agent: wanted, agents } }]
  if (chosen === route.agent) await choices.drop(scopeKey)
  else await choices.put(scopeKey, chosen)
  return [{ key: 'agent.changed', params: { agent: chosen } }]
}

async function status(hall: Hall, { route, scopeKey }: Asked): Promise<readonly Notice[]> {
  const { lanes, world } = hall
  const agent = await agentFor(hall, route, scopeKey)
  const conversation = await world.conversations.get(agent, scopeKey)
  const isBusy = lanes.active(scopeKey).length > 0
  const waitS = Math.ceil(world.assistant.expectedWaitMs() / 1_000)
  const since = new Date(conversation?.createdAtMs ?? 0).toISOString().slice(0, 16).replace('T', ' ')
  return [
    { key: 'agent.current', params: { agent } },
    isBusy
      ? { key: 'status.busy', params: { waiting: lanes.waiting(scopeKey).length } }
      : { key: 'status.idle' },
    ...(world.waiting.inLane(scopeKey) ? [{ key: 'status.asked' } as const] : []),
    ...(waitS > 0 ? [{ key: 'status.wait', params: { seconds: waitS } } as const] : []),
    conversation
      ? { key: 'status.conversation', params: { since: `${since} UTC` } }
      : { key: 'status.noConversation' },
  ]
}

/** In the words of access rules and routes. */
function whoami({ world }: Hall, event: AskingEvent): readonly Notice[] {
  const { address, sender } = event
  return [
    { key: 'whoami.person', params: { user: sender.id } },
    { key: 'whoami.chat', params: { chat: address.chatId } },
    ...(address.threadId === undefined
      ? []
      : [{ key: 'whoami.thread', params: { thread: address.threadId } } as const]),
    { key: 'whoami.account', params: { account: address.account } },
    ...(sender.roles?.length
      ? [{ key: 'whoami.roles', params: { roles: sender.roles.join(', ') } } as const]
      : []),
    ...(isAdmin(event, world.policy.access) ? [{ key: 'whoami.admin' } as const] : []),
  ]
}

// Events and policies for tests: what a person does, with everything that is not said filled in.

import type { Brand, ChatAddress, CommandEvent, MessageEvent, Sender } from '../../src/contract/event.ts'
import {
  BUILTINS,
  type Builtin,
  type CommandSpec,
  type OptionSpec,
  type Policy,
  type Route,
} from '../../src/contract/policy.ts'

export interface Act {
  readonly id?: string
  readonly account?: string
  readonly chat?: string
  readonly thread?: string
  readonly user?: string
  readonly chatKind?: 'direct' | 'group'
  readonly sender?: Partial<Sender>
  readonly sentAtMs?: number
}

export type MessageAct = Act & Omit<Partial<MessageEvent>, keyof Act>
export type CommandAct = Act & Omit<Partial<CommandEvent>, keyof Act>

let made = 0

export function message(text: string, act: MessageAct = {}): MessageEvent {
  const { account: _account, chat: _chat, thread: _thread, user: _user, sender: _sender, ...rest } = act
  made += 1
  const id = act.id ?? `event-${made}`
  return {
    kind: 'message',
    text,
    messageId: brand(`asked-${id}`),
    mentionsBot: false,
    repliesToBot: false,
    attachments: [],
    chatKind: 'direct',
    sentAtMs: 0,
    ...rest,
    ...whoAndWhere(act),
    id: brand(id),
  }
}

/** Typed as a message. */
export function command(name: string, act: CommandAct = {}): CommandEvent {
  const event = slashCommand(name, act)
  return { ...event, messageId: act.messageId ?? brand(`asked-${event.id}`) }
}

/** Chosen from a menu: no message carries it, and its answer is waited for. */
export function slashCommand(name: string, act: CommandAct = {}): CommandEvent {
  const { account: _account, chat: _chat, thread: _thread, user: _user, sender: _sender, ...rest } = act
  made += 1
  const id = act.id ?? `event-${made}`
  return {
    kind: 'command',
    name,
    options: {},
    rest: '',
    chatKind: 'direct',
    sentAtMs: 0,
    ...rest,
    ...whoAndWhere(act),
    id: brand(id),
  }
}

export function address(chat: string, thread?: string, account = 'fake'): ChatAddress {
  return {
    account,
    chatId: brand(chat),
    ...(thread === undefined ? {} : { threadId: brand(thread) }),
  }
}

function whoAndWhere({ account = 'fake', chat = 'chat', thread, user = 'ann', sender }: Act) {
  return {
    address: address(chat, thread, account),
    sender: { id: brand<'SenderId'>(user), isBot: false, ...sender },
    replyTarget: { account, place: { chat } },
  }
}

export function route(overrides: Partial<Route> = {}): Route {
  const agent = overrides.agent ?? 'default'
  return {
    when: {},
    agent,
    agents: [agent],
    conversation: 'per-user',
    triggers: ['mention', 'reply', 'direct'],
    whileBusy: 'queue',
    threads: 'never',
    reply: { minChars: 1, maxWaitMs: 0, quote: 'groups', reasoning: false, status: true },
    controls: { suggestions: false, stop: false, again: false, thumbs: false, listen: false },
    media: { maxFileBytes: 1_000, inlineTextBytes: 100, mergeWindowMs: 0, attach: true },
    voice: { input: 'transcribe', quote: false, replies: 'never' },
    questions: { whoMayAnswer: 'asker', expiresMs: 1_800_000 },
    maxAgeMs: 3_600_000,
    maxInputChars: 1_000,
    ...overrides,
  }
}

export function policy(overrides: Partial<Policy> = {}): Policy {
  return {
    agents: { default: { kind: 'bot', bot: '1' } },
    commands: BUILTINS.map(builtinSpec),
    routes: [route()],
    access: { direct: 'open', groups: 'open', allow: [], deny: [], admins: [] },
    budgets: { questionsPerMinute: 0, questionsPerHour: 0, questionsPerDay: 0, tokensPerDay: 0, roles: {} },
    retention: { conversationsDays: 180 },
    tools: {},
    locale: 'en',
    ...overrides,
  }
}

function builtinSpec(builtin: Builtin): CommandSpec {
  const options = builtin === 'agent' ? [AGENT_NAME] : []
  return { name: builtin, description: { en: builtin }, options, does: { kind: 'builtin', builtin } }
}

const AGENT_NAME: OptionSpec = {
  name: 'name',
  description: { en: 'name' },
  type: 'string',
  required: false,
}

export function brand<Name extends string>(text: string): Brand<Name> {
  return text as Brand<Name>
}

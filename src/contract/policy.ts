// What a person may decide: routes, agents, commands, access, budgets. Made by config/ from the YAML file or the
// environment, read by bridge/decide.ts. Plain data, complete: every default is filled in before it gets here.

import type { Json, OptionValue } from './event.ts'

export interface Policy {
  readonly agents: Readonly<Record<string, AgentSpec>>
  readonly commands: readonly CommandSpec[]
  /** First match wins. The last one may have an empty `when`; without it unmatched places get silence. */
  readonly routes: readonly Route[]
  readonly access: Access
  readonly budgets: Budgets
  readonly retention: Retention
  /** Answers to an agent's local plugins, by the name the agent calls. */
  readonly tools: Readonly<Record<string, ToolSpec>>
  /** Language of notices where neither person nor route says one. */
  readonly locale: string
}

export type AgentSpec =
  | {
      readonly kind: 'bot'
      readonly bot: string
      /** Inputs of a chatflow-mode bot's start node. */
      readonly parameters?: Readonly<Record<string, Json>>
      readonly customVariables?: Readonly<Record<string, string>>
      readonly autoSaveHistory?: boolean
    }
  | {
      readonly kind: 'chatflow'
      readonly workflow: string
      readonly app?: string
      readonly bot?: string
      /** In texts `{person.name}`, `{person.id}`, `{person.locale}`, `{chat.id}`, `{chat.kind}`, `{platform}` stand for who asks, and where. */
      readonly parameters?: Readonly<Record<string, Json>>
      /** Parameters the person gives: asked once, before the first question of a conversation, and kept with it. */
      readonly options?: readonly OptionSpec[]
    }

export interface WorkflowSpec {
  readonly workflow: string
  readonly mode: 'stream' | 'run' | 'async'
  readonly bot?: string
  readonly app?: string
  readonly ext?: Readonly<Record<string, string>>
  readonly version?: string
  readonly connector?: string
  /**
   * How the result is shown, where it is JSON: Markdown with gaps like `{title}`, `{items.0.name}`; `{.}` is the whole.
   * Absent: the one text in it, or the JSON as it is.
   */
  readonly show?: string
}

/** An HTTP service of the owner's that answers one local plugin: JSON in, JSON out, signed. */
export interface ToolSpec {
  readonly url: string
  readonly timeoutMs: number
  /** Key of the signature. Absent: unsigned. */
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A slash command: a built-in of the bridge, or a workflow. */
export interface CommandSpec {
  /** Lower case, [a-z0-9_], 1–32: what every platform accepts. */
  readonly name: string
  /** By BCP 47 locale; `en` is always there. */
  readonly description: Localized
  readonly options: readonly OptionSpec[]
  /** Where it may be given; unknown elsewhere. Absent: everywhere. */
  readonly where?: readonly ('direct' | 'group')[]
  /** Shown in these Discord servers only; absent: everywhere. */
  readonly guilds?: readonly string[]
  readonly does:
    | { readonly kind: 'builtin'; readonly builtin: Builtin }
    | {
        readonly kind: 'workflow'
        readonly run: WorkflowSpec
        /** Beside the options, which win. */
        readonly parameters?: Readonly<Record<string, Json>>
        readonly onLost: OnLost
      }
}
/**
 * A run that was cut in the middle cannot be found again: keep what stands, say so and offer to run it again (`ask`); run
 * it again (`rerun`); only say so (`tell`).
 */
export type OnLost = 'ask' | 'rerun' | 'tell'
/** The bridge's own commands. `pair` is for admins alone: it lets in whoever was given a code. */
export const BUILTINS = [
  'start',
  'help',
  'new',
  'stop',
  'again',
  'agent',
  'status',
  'whoami',
  'forget',
  'pair',
] as const
export type Builtin = (typeof BUILTINS)[number]
export type Localized = Readonly<Record<string, string>>
export interface OptionSpec {
  readonly name: string
  readonly description: Localized
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'choice' | 'file'
  readonly required: boolean
  readonly default?: OptionValue
  readonly choices?: readonly { readonly value: string; readonly label: Localized }[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
}

export interface Route {
  readonly when: RouteCondition
  /** Key of `Policy.agents`. */
  readonly agent: string
  /** Agents a person may change to with `/agent`, by key; `agent` is among them. */
  readonly agents: readonly string[]
  /** Whose conversation it is. Each thread is a place of its own in `per-user` and `per-thread`. */
  readonly conversation: Scope
  /** What wakes the bot. `direct`: any message in a private chat; `always`: any message at all. */
  readonly triggers: readonly Trigger[]
  readonly whileBusy: BusyPolicy
  /** `open`: a question in a channel is answered in a thread of its own, where the platform has threads. */
  readonly threads: 'never' | 'open'
  readonly reply: ReplySettings
  /** Which buttons a reply gets. */
  readonly controls: ReplyControls
  readonly questions: QuestionSettings
  readonly media: MediaSettings
  readonly voice: VoiceSettings
  readonly locale?: string
  /** A question found after a downtime is still asked if it is younger than this. */
  readonly maxAgeMs: number
  readonly maxInputChars: number
  /** What a person may ask here, instead of `Policy.budgets` and counted apart from it. */
  readonly budget?: RouteBudget
}
export interface RouteCondition {
  readonly platform?: string
  readonly chat?: string
  readonly thread?: string
  readonly user?: string
  readonly role?: string
  readonly command?: string
  readonly chatKind?: 'direct' | 'group'
}
export type Scope = 'per-user' | 'per-chat' | 'per-thread'
export type Trigger = 'mention' | 'reply' | 'direct' | 'always'
/** A second message while one is answered: `queue` it, `merge` it into the one still waiting, or `interrupt` the running one. */
export type BusyPolicy = 'queue' | 'merge' | 'interrupt'

export interface ReplySettings {
  /** The first text on screen has at least so many characters (a phone's notification shows only the first post) … */
  readonly minChars: number
  /** … or has waited this long for more. */
  readonly maxWaitMs: number
  /** Hang the reply on the message that asked: always, only in groups, or never. */
  readonly quote: 'always' | 'groups' | 'never'
  /** What the model thinks is shown above the reply, folded up. */
  readonly reasoning: boolean
  /** Which tool is at work is shown while no text grows. */
  readonly status: boolean
}

export interface ReplyControls {
  /** The agent's own suggestions of what to ask next. */
  readonly suggestions: boolean
  /** While the reply grows. */
  readonly stop: boolean
  readonly again: boolean
  /** A verdict, told to the assistant. */
  readonly thumbs: boolean
  /** The reply read aloud. */
  readonly listen: boolean
}

export interface MediaSettings {
  /** Larger files are left out. */
  readonly maxFileBytes: number
  /** Text files up to this size are read into the question; 0: none. */
  readonly inlineTextBytes: number
  /** A picture without words waits so long for its question; 0: not at all. */
  readonly mergeWindowMs: number
  /** Pictures and files of an answer become the platform's own attachments; else they stay links. */
  readonly attach: boolean
}

export interface VoiceSettings {
  /** What becomes of a voice message: words, a sound the agent hears, or a file like any other. */
  readonly input: 'transcribe' | 'audio' | 'file'
  /** What was heard stands above the answer. */
  readonly quote: boolean
  /** Which replies are spoken, too: none, those to voice messages, all. */
  readonly replies: 'never' | 'voice' | 'always'
  /** The backend's id of a voice. Always there where replies may be spoken. */
  readonly voice?: string
  readonly speed?: number
}

/** What a workflow or an agent asks of a person in the middle of a reply. */
export interface QuestionSettings {
  /** In groups. In private chats there is nobody else. */
  readonly whoMayAnswer: 'asker' | 'anyone'
  readonly expiresMs: number
}

export interface Access {
  readonly direct: 'open' | 'pairing' | 'closed'
  readonly groups: 'open' | 'listed'
  /**
   * `user:<id>`, `chat:<id>`, `role:<name>`, each optionally `<account>/user:<id>`; `<account>/*` is everybody there.
   * Roles: Discord's role ids, `administrator` and `creator` on Telegram, Feishu's department ids (`od-…`).
   */
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  readonly admins: readonly string[]
}

/** How much one person may ask. 0 = no limit. Admins have none. */
export interface Budget {
  readonly questionsPerMinute: number
  readonly questionsPerHour: number
  readonly questionsPerDay: number
  /** As the assistant counts them; what an answer cost is known after it, so the last one may go beyond. */
  readonly tokensPerDay: number
}
export interface Budgets extends Budget {
  /** For whoever has this role, instead of the above. Who has several gets the most generous of each. */
  readonly roles: Readonly<Record<string, Budget>>
}
export interface RouteBudget extends Budget {
  /** Counts are kept under it: the same as long as the route's `when` is. */
  readonly key: string
}

/** What is kept of people, beside open questions. */
export interface Retention {
  /** A conversation nobody went on with for so long is forgotten. */
  readonly conversationsDays: number
}

/** Whether a rule asks for people's roles, which some platforms have to be asked for. */
export function rolesWanted({ access, budgets, routes }: Policy): boolean {
  const lists = [...access.allow, ...access.deny, ...access.admins]
  return (
    lists.some((entry) => /^(?:[^/]+\/)?role:/.test(entry)) ||
    Object.keys(budgets.roles).length > 0 ||
    routes.some(({ when }) => when.role !== undefined)
  )
}

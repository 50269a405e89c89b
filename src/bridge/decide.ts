// What happens with an event? Decided from the event and the policy in memory alone, before anything is stored.

import type {
  ActionEvent,
  Attachment,
  ChatEvent,
  CommandEvent,
  EventBase,
  LifeEvent,
  MessageEvent,
} from '../contract/event.ts'
import type { Notice } from '../contract/notice.ts'
import type { Builtin, Policy, Route } from '../contract/policy.ts'
import { isAllowed, verdictOn } from './access.ts'
import { questionFiles, questionText } from './question-text.ts'
import { routeFor, scopeKey } from './route.ts'
import { workflowOf, type WorkflowCommand } from './workflow-command.ts'

export type Decision =
  /** Never stored. */
  | { readonly do: 'ignore'; readonly because: IgnoreReason }
  /** A question for an agent: stored, then a turn. */
  | {
      readonly do: 'ask'
      readonly event: MessageEvent
      readonly route: Route
      readonly scopeKey: string
      readonly text: string
      readonly files: readonly Attachment[]
      /** Not addressed to us by itself: a question only in a thread where we talk with this person already. */
      readonly onlyIfKnown: boolean
    }
  /** A command of a workflow. */
  | {
      readonly do: 'command'
      readonly event: CommandEvent
      readonly command: WorkflowCommand
      readonly route: Route
      readonly scopeKey: string
    }
  /** A button or a form: what it stands for is stored. */
  | { readonly do: 'press'; readonly event: ActionEvent; readonly route: Route }
  | { readonly do: 'builtin'; readonly builtin: Builtin; readonly route: Route; readonly scopeKey: string }
  /** One sentence, and nothing else. */
  | { readonly do: 'tell'; readonly notice: Notice }
  /** Somebody who may not be here, in private: told so now and then. Never stored. */
  | { readonly do: 'refuse' }
  /** Somebody who may be let in: gets a code. */
  | { readonly do: 'pair' }
  | { readonly do: 'life'; readonly event: LifeEvent }

export type IgnoreReason = 'not-addressed' | 'not-allowed' | 'no-route' | 'nothing-said' | 'loop'

/** `isPaired`: whether an admin has let this person in. Asked for only where it settles anything (`verdictOn`). */
export function decide(event: ChatEvent, policy: Policy, isPaired = false): Decision {
  switch (event.kind) {
    case 'message':
      return guarded(event, policy, isPaired) ?? decideMessage(event, policy)
    case 'command':
      return guarded(event, policy, isPaired) ?? decideCommand(event, policy)
    case 'action':
      return guarded(event, policy, isPaired) ?? decideAction(event, policy)
    case 'moved':
    case 'joined':
    case 'retracted':
    case 'gone':
      return { do: 'life', event }
  }
}

/**
 * What holds for everything a person does (or another bot, where its account's `allowBots` lets it in). A stranger in a
 * private chat is told so; in a group silence is kinder, and to a bot it is all that does not make it answer.
 */
function guarded(event: EventBase, policy: Policy, isPaired: boolean): Decision | undefined {
  const { access } = policy
  if (isAllowed(event, access, isPaired)) return undefined
  if (event.chatKind === 'group' || event.sender.isBot) return { do: 'ignore', because: 'not-allowed' }
  return { do: verdictOn(event, access) === 'ifPaired' ? 'pair' : 'refuse' }
}

function decideMessage(event: MessageEvent, policy: Policy): Decision {
  const route = routeFor(event, undefined, policy)
  if (!route) return { do: 'ignore', because: 'no-route' }
  const addressed = isAddressed(event, route)
  const onlyIfKnown = !addressed && route.threads === 'open' && event.address.threadId !== undefined
  if (!addressed && !onlyIfKnown) return { do: 'ignore', because: 'not-addressed' }

  const text = questionText(event)
  if (text.length > route.maxInputChars && !onlyIfKnown) {
    return { do: 'tell', notice: { key: 'input.tooLong', params: { limit: route.maxInputChars } } }
  }
  const files = questionFiles(event)
  if (text !== '' || files.length > 0 || event.incomplete === true) {
    return { do: 'ask', event, route, scopeKey: scopeKey(event, route), text, files, onlyIfKnown }
  }
  if (onlyIfKnown) return { do: 'ignore', because: 'not-addressed' }
  // A bare mention: somebody wonders what this is.
  if (event.mentionsBot) return builtin(event, route, 'help')
  return { do: 'ignore', because: 'nothing-said' }
}

function decideCommand(event: CommandEvent, policy: Policy): Decision {
  const route = routeFor(event, event.name, policy)
  if (!route) return { do: 'ignore', because: 'no-route' }
  const spec = policy.commands.find((command) => command.name === event.name)
  const isHere = spec?.where?.includes(event.chatKind) ?? true
  if (isHere && spec?.does.kind === 'builtin') return builtin(event, route, spec.does.builtin)
  const command = isHere ? workflowOf(spec) : undefined
  if (command) return { do: 'command', event, command, route, scopeKey: scopeKey(event, route) }
  return { do: 'tell', notice: { key: 'command.unknown', params: { command: event.name } } }
}

function decideAction(event: ActionEvent, policy: Policy): Decision {
  const route = routeFor(event, undefined, policy)
  return route ? { do: 'press', event, route } : { do: 'ignore', because: 'no-route' }
}

function isAddressed(event: MessageEvent, route: Route): boolean {
  return route.triggers.some((trigger) => {
    switch (trigger) {
      case 'mention':
        return event.mentionsBot
      case 'reply':
        return event.repliesToBot
      case 'direct':
        return event.chatKind === 'direct'
      case 'always':
        return true
    }
  })
}

function builtin(event: EventBase, route: Route, name: Builtin): Decision {
  return { do: 'builtin', builtin: name, route, scopeKey: scopeKey(event, route) }
}

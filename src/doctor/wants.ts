// What does the configuration ask of Coze and of each account? Read out of routes, commands and access.

import type { AssistantWants } from '../contract/assistant.ts'
import type { AccountWants } from '../contract/platform.ts'
import { rolesWanted, type Policy, type Route } from '../contract/policy.ts'

export function assistantWants({ commands, routes, tools }: Policy): AssistantWants {
  return {
    commands,
    uploads: routes.length > 0,
    hears: routes.some(({ voice }) => voice.input === 'transcribe'),
    voices: [...new Set(routes.flatMap(({ voice }) => voice.voice ?? []))],
    rates: routes.some(({ controls }) => controls.thumbs),
    tools: Object.keys(tools).length > 0,
  }
}

export function accountWants(
  account: string,
  { policy, accounts }: { readonly policy: Policy; readonly accounts: readonly string[] },
  world: { readonly proxied: boolean; readonly running?: boolean },
): AccountWants {
  const here = policy.routes.filter(({ when }) => when.platform === undefined || when.platform === account)
  const inGroups = here.filter(({ when }) => when.chatKind !== 'direct')
  const triggers = new Set(inGroups.flatMap((route) => route.triggers))
  return {
    groupTriggers: (['mention', 'reply', 'always'] as const).filter((trigger) => triggers.has(trigger)),
    chats: [
      ...new Set([...here.flatMap((route) => chatsOf(route, accounts)), ...chatsInAccess(account, policy)]),
    ],
    threads: inGroups.some(({ threads }) => threads === 'open'),
    rolesWanted: rolesWanted(policy),
    ...world,
  }
}

/** A chat's id without an account belongs to whichever platform has it: of several, none is blamed. */
function chatsOf({ when }: Route, accounts: readonly string[]): readonly string[] {
  return when.platform === undefined && accounts.length > 1
    ? []
    : [when.chat, when.thread].filter((id) => id !== undefined)
}

function chatsInAccess(account: string, { access }: Policy): readonly string[] {
  const head = `${account}/chat:`
  return access.allow.flatMap((entry) => (entry.startsWith(head) ? [entry.slice(head.length)] : []))
}

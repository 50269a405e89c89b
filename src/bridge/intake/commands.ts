// A command of a workflow: what was typed becomes values that fit, a form for what is missing, or one sentence.

import type { ActionEvent, AskingEvent, CommandEvent, EventId, OptionValue } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Ack, FormField } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import { readArguments } from '../../fields/arguments.ts'
import { fieldOfOption, localized } from '../../fields/fields.ts'
import { usageOf } from '../../fields/usage.ts'
import { readValues } from '../../fields/values.ts'
import { toJson, type Meaning } from '../turn/controls.ts'
import { tokensOf } from '../turn/tokens.ts'
import type { Decision } from '../decide.ts'
import { isFirst, localeOf, notice, NOTHING, tell, type Hall } from './hall.ts'
import { agentFor, takeTurn } from './questions.ts'
import { scopeKey } from '../route.ts'
import { workflowOf, type WorkflowCommand } from '../workflow-command.ts'

/** A form may be filled in this long: as long as Discord keeps an interaction. */
const FORM_LASTS_MS = 15 * 60_000
/** What Discord shows at most, and nobody fills in more at once. */
const MOST_FORM_FIELDS = 5

export async function takeCommand(
  hall: Hall,
  event: CommandEvent,
  { command, route, scopeKey: lane }: Extract<Decision, { do: 'command' }>,
): Promise<Ack> {
  const locale = localeOf(hall, event, route)
  const { values, fault, missing } = readCommand(command, event, locale)
  if (fault !== undefined) return (await isFirst(hall, event.id)) ? tell(hall, event, fault, route) : NOTHING
  if (missing.length > 0 && event.opensForm === true) {
    return await openForm(hall, event, { command, route, scopeKey: lane, values, missing, locale })
  }
  return await begin(hall, event, { command, route, scopeKey: lane, values })
}

/** The form of a command came back. */
export async function takeForm(
  hall: Hall,
  event: ActionEvent,
  meaning: Extract<Meaning, { kind: 'fill' }>,
  route: Route,
): Promise<Ack> {
  const { commands } = hall.world.policy
  const command = workflowOf(commands.find(({ name }) => name === meaning.command.name))
  if (!command) return { show: 'notice', notice: { key: 'run.missing' } }
  const locale = localeOf(hall, event, route)
  const fields = command.options.map((option) => fieldOfOption(option, locale))
  const { values, faults, missing } = readValues(fields, { ...meaning.command.values, ...event.values })
  const facts = { command, route, scopeKey: scopeKey(event, route) }
  // Pressed rather than sent: a button shows the form once more.
  if (event.values === undefined && event.opensForm === true && missing.length > 0) {
    return await openForm(hall, event, { ...facts, values, missing, locale })
  }
  const [fault] = faults
  if (fault !== undefined) return { show: 'notice', notice: withUsage(fault, command, locale) }
  return await begin(hall, event, { ...facts, values, token: event.token })
}

type Values = Readonly<Record<string, OptionValue>>
interface Facts {
  readonly command: WorkflowCommand
  readonly route: Route
  readonly scopeKey: string
  readonly values: Values
  /** Of the form that brought them: however often it is sent, it is run once. */
  readonly token?: string
}

async function begin(
  hall: Hall,
  event: AskingEvent,
  { command, route, scopeKey: lane, values, token }: Facts,
): Promise<Ack> {
  const given = Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [`${name}=${String(value)}`],
  )
  const text = [`/${command.name}`, ...given].join(' ')
  const agent = await agentFor(hall, route, lane)
  const taken = { route, scopeKey: lane, agent, text, command: { name: command.name, values } }
  if (token === undefined) return await takeTurn(hall, event, taken)
  const id = `${event.address.account}:form:${token}` as EventId
  if (await hall.world.journal.seenBefore(id)) return notice('action.done')
  return await takeTurn(hall, event, { ...taken, id })
}

/** Stored first: what is sent back finds its command also after a restart. */
async function openForm(
  hall: Hall,
  event: AskingEvent,
  facts: Facts & { readonly missing: readonly FormField[]; readonly locale: string },
): Promise<Ack> {
  const { command, values, missing, locale, route } = facts
  const { world } = hall
  const token = tokensOf(`form ${event.id}`, world)()
  const meaning: Meaning = {
    kind: 'fill',
    owner: event.sender.id,
    agent: route.agent,
    command: { name: command.name, values },
  }
  await world.actions.put(token, toJson(meaning), FORM_LASTS_MS)
  const title = localized(command.description, locale)
  const submitLabel = world.words.say({ key: 'control.send' }, locale)
  return { show: 'form', form: { token, title, fields: missing.slice(0, MOST_FORM_FIELDS), submitLabel } }
}

function readCommand(
  command: WorkflowCommand,
  event: CommandEvent,
  locale: string,
): { readonly values: Values; readonly fault?: Notice; readonly missing: readonly FormField[] } {
  const fields = command.options.map((option) => fieldOfOption(option, locale))
  const typed = readArguments(
    event.rest,
    fields.filter(({ name }) => event.options[name] === undefined),
  )
  const { values, faults, missing } = readValues(fields, { ...typed.given, ...event.options })
  const [fault] = [...typed.faults, ...faults]
  return { values, missing, ...(fault === undefined ? {} : { fault: withUsage(fault, command, locale) }) }
}

/** Sentences about options name the command and how it is used. */
function withUsage({ key, params }: Notice, { name, options }: WorkflowCommand, locale: string): Notice {
  return { key, params: { ...params, command: name, usage: usageOf(name, options, locale) } }
}

// Can the workflow of each command be run with what the command gives it?

import type { AssistantFinding } from '../contract/assistant.ts'
import type { CommandSpec, OptionSpec } from '../contract/policy.ts'
import { flowFault } from './check-agents.ts'
import { inTurns, look, type CheckWorld } from './check-look.ts'
import { toObject, toText } from './json.ts'
import { near } from './near.ts'
import { payloadOf } from './wire.ts'

type WorkflowCommand = CommandSpec & { readonly does: Extract<CommandSpec['does'], { kind: 'workflow' }> }

const AT_ONCE = 3

export async function checkCommands(
  world: CheckWorld,
  commands: readonly CommandSpec[],
): Promise<readonly AssistantFinding[]> {
  return (
    await inTurns(commands.filter(runsWorkflow), AT_ONCE, (command) => checkCommand(world, command))
  ).flat()
}

function runsWorkflow(command: CommandSpec): command is WorkflowCommand {
  return command.does.kind === 'workflow'
}

async function checkCommand(
  world: CheckWorld,
  command: WorkflowCommand,
): Promise<readonly AssistantFinding[]> {
  const { client, signal, paths } = world
  const { workflow } = command.does.run
  const subject = `Coze workflow of /${command.name}`
  const seen = await look(async () => {
    const path = `/v1/workflows/${encodeURIComponent(workflow)}`
    const query = { include_input_output: 'true' }
    const { body } = await client.json({ method: 'GET', path, query, repeat: 'harmless' }, signal)
    return toObject(payloadOf(body))
  }, signal)
  if (!seen.ok) return [flowFault(seen.failure, `${subject} (${workflow})`, paths)]
  const name = toText(toObject(seen.value['workflow_detail'])['workflow_name']) || workflow
  const inputs = readInputs(seen.value)
  // Coze Studio, and an older cloud, do not tell them.
  if (inputs === undefined) return [{ verdict: 'ok', subject, reason: `${name}; its inputs are not told` }]
  const misfits = compareInputs(command, inputs)
  if (misfits.length === 0) return [{ verdict: 'ok', subject, reason: `${name}; its inputs fit` }]
  return misfits.map((misfit) => ({ ...misfit, subject }))
}

/** What a start node wants, by name. Coze's OpenAPI document: WorkflowInfo1, OpenAPIParameter. */
export type Inputs = ReadonlyMap<string, { readonly type: string; readonly required: boolean }>

function readInputs(info: Readonly<Record<string, unknown>>): Inputs | undefined {
  const input = info['input'] ?? toObject(info['workflow_detail'])['input']
  if (typeof input !== 'object' || input === null) return undefined
  return new Map(
    Object.entries(toObject(toObject(input)['parameters'])).map(([name, value]) => {
      const spec = toObject(value)
      const hasDefault = toText(spec['default_value']) !== ''
      return [
        name,
        { type: toText(spec['type']) || 'string', required: spec['required'] === true && !hasDefault },
      ]
    }),
  )
}

/** Nobody types it: Coze fills it in itself, or a chat does. */
const GIVEN_BY_COZE = new Set(['USER_INPUT', 'CONVERSATION_NAME'])

export function compareInputs(
  { name, options, does }: Pick<WorkflowCommand, 'name' | 'options' | 'does'>,
  inputs: Inputs,
): readonly Omit<AssistantFinding, 'subject'>[] {
  const parameters = does.parameters ?? {}
  const names = [...inputs.keys()]
  const place = `commands.${name}`
  const missing = [...inputs].flatMap(([input, { required }]): Omit<AssistantFinding, 'subject'>[] => {
    if (!required || input in parameters || GIVEN_BY_COZE.has(input)) return []
    const option = options.find((one) => one.name === input)
    if (option !== undefined && (option.required || option.default !== undefined)) return []
    return [
      option === undefined
        ? {
            verdict: 'fault',
            reason: `it needs "${input}", and the command never gives it: every run fails`,
            remedy: `Add "${input}" to ${place}.options, or a fixed value for it to ${place}.parameters.`,
          }
        : {
            verdict: 'warning',
            reason: `it needs "${input}", which people may leave out: then the run fails`,
            remedy: `Set required: true, or a default, for ${place}.options "${input}".`,
          },
    ]
  })
  const unknown = [...options.map((option) => option.name), ...Object.keys(parameters)].flatMap(
    (given): Omit<AssistantFinding, 'subject'>[] => {
      if (inputs.has(given)) return []
      const meant = near(given, names)
      const hint = meant === undefined ? ` It has ${listed(names)}.` : ` Did you mean "${meant}"?`
      return [
        {
          verdict: 'warning',
          reason: `it has no input "${given}": what is given there is thrown away`,
          remedy: `Correct the name in ${place}, or add the input to the start node in Coze and publish the workflow.${hint}`,
        },
      ]
    },
  )
  const wrong = options.flatMap((option): Omit<AssistantFinding, 'subject'>[] => {
    const input = inputs.get(option.name)
    if (input === undefined || fits(option.type, input.type)) return []
    return [
      {
        verdict: 'warning',
        reason: `its input "${option.name}" is of type ${input.type}, the option of type ${option.type}`,
        remedy: `Set type: ${optionFor(input.type)} for ${place}.options "${option.name}".`,
      },
    ]
  })
  return [...missing, ...unknown, ...wrong]
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')
}

/** Coze turns texts into what they read as; files go as files alone. Every type it does not list here is a kind of file. */
const PLAIN = new Set(['string', 'default', 'integer', 'number', 'boolean', 'time', 'object', 'array'])

function fits(option: OptionSpec['type'], input: string): boolean {
  if (option === 'file') return !PLAIN.has(input) || input === 'string' || input === 'array'
  switch (input) {
    case 'integer':
      return option === 'integer' || option === 'choice'
    case 'number':
      return option === 'number' || option === 'integer' || option === 'choice'
    case 'boolean':
      return option === 'boolean' || option === 'choice'
    default:
      return PLAIN.has(input)
  }
}

function optionFor(input: string): OptionSpec['type'] {
  if (input === 'integer' || input === 'number' || input === 'boolean') return input
  return PLAIN.has(input) ? 'string' : 'file'
}

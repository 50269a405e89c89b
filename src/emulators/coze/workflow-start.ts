// Is a workflow or chatflow asked for rightly, and what run does that make?
import type { Call } from './call.ts'
import { isObject, parseJson, textMap, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { echoWorkflow } from './options.ts'
import type { WorkflowSpec } from './options.ts'
import { badParameter, noSuch, Refusal, WorkflowRefusal } from './refusal.ts'
import type { WorkflowRunRecord } from './records.ts'
import type { WorkflowRun } from './runs.ts'
import { firstFault, withDefaults } from './workflow-fields.ts'
import { checkFiles, fileDesk } from './workflow-files.ts'
import { createWorkflowRun } from './workflow-run.ts'
import type { Fields } from './workflow-script.ts'
import type { Token, World } from './world.ts'

/** A workflow that is there and published; Studio tells the two apart. Coze docs: run workflow (4200). */
export function knownWorkflow(world: World, id: string): WorkflowSpec {
  const spec = world.options.workflows[id]
  if (spec !== undefined && spec.published !== false) return spec
  if (world.options.flavor === 'cloud') throw noSuch('workflow_id', id)
  throw spec === undefined
    ? new WorkflowRefusal(720702004, `workflow ${id} not found`)
    : new WorkflowRefusal(6031, `workflow ${id} is not published`)
}

export function workflowIdOf(body: JsonObject): string {
  const id = textOf(body['workflow_id'])
  if (id === undefined) throw badParameter('workflow_id is required')
  return id
}

/** The agent or the app a run belongs to: never both. */
export function placeOf(world: World, body: JsonObject): { readonly botId: string; readonly appId: string } {
  const [botId, appId] = [textOf(body['bot_id']) ?? '', textOf(body['app_id']) ?? '']
  if (botId !== '' && appId !== '') throw badParameter('bot_id and app_id cannot both be given')
  const { apps } = world.options
  if (appId !== '' && apps !== undefined && apps[appId] === undefined) throw noSuch('app_id', appId)
  const bot = world.options.bots[botId]
  if (botId !== '' && bot === undefined) throw noSuch('bot_id', botId)
  if (bot?.published === false)
    throw new Refusal(4015, `The bot_id ${botId} has not been published to the channel Agent As API.`)
  return { botId, appId }
}

/** Only these are known; others are dropped (Coze docs: run workflow, ext). */
const EXT_NAMES: readonly string[] = ['latitude', 'longitude', 'user_id']

export function extOf(body: JsonObject): Readonly<Record<string, string>> {
  const given = body['ext'] ?? {}
  if (!isObject(given) || Object.values(given).some((value) => typeof value !== 'string'))
    throw badParameter('ext must be a map of texts')
  return Object.fromEntries(Object.entries(textMap(given)).filter(([name]) => EXT_NAMES.includes(name)))
}

/** An object; Studio takes its JSON text too. */
export function parametersOf(world: World, given: unknown): JsonObject {
  const isStudio = world.options.flavor === 'studio'
  const value = isStudio && typeof given === 'string' ? parseJson(given) : given
  if (!isObject(value)) throw badParameter('parameters must be an object')
  return value
}

/** What the start node makes of the parameters. Refuses missing inputs, other types, and files that are not there. */
export function startValues(
  world: World,
  owner: string,
  inputs: Fields | undefined,
  given: JsonObject,
): JsonObject {
  const fault = firstFault(inputs ?? {}, given)
  if (fault !== undefined) {
    const isMissing = fault.why === 'missing'
    const code = world.options.flavor === 'studio' ? 4000 : isMissing ? 720702002 : 720702001
    throw new WorkflowRefusal(code, `${isMissing ? 'Missing required' : 'Invalid'} parameter: ${fault.name}`)
  }
  checkFiles(world, owner, given)
  return withDefaults(inputs ?? {}, given)
}

/** A run that is ready to go. */
export function createRun(
  world: World,
  call: Call,
  token: Token,
  body: JsonObject,
  mode: WorkflowRunRecord['mode'],
): WorkflowRun {
  const workflowId = workflowIdOf(body)
  const spec = knownWorkflow(world, workflowId)
  const place = placeOf(world, body)
  const ext = extOf(body)
  const given = parametersOf(world, body['parameters'] ?? {})
  const parameters = startValues(world, token.owner, spec.inputs, given)
  const nowMs = world.options.nowMs()
  const record: WorkflowRunRecord = {
    executeId: world.ids.next(),
    workflowId,
    owner: token.owner,
    mode,
    parameters,
    ext,
    ...place,
    connectorId: textOf(body['connector_id']) ?? '1024',
    logId: call.logId,
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    status: 'Running',
    output: '',
    error: undefined,
    interrupt: undefined,
    readerLeft: false,
    messages: [],
    asked: [],
    resumes: [],
  }
  const script = world.workflowScripts.get(workflowId) ?? spec.script ?? echoWorkflow
  const desk = fileDesk(world, token.owner)
  const steps = script({ workflowId, parameters, ext, ...place, ...desk })
  return createWorkflowRun(world, record, steps[Symbol.iterator]())
}

// How are cards made and changed over the wire? The CardKit calls, each a change handed to `operate`.
import { readElements, readSecondEdition } from './card-check.ts'
import { elementById, elementsOf, withElement } from './card-tree.ts'
import { createCard, isStreaming, operate, refusal, type Change } from './cards.ts'
import { isRecord, listOf, readJson, recordOf, stringOf, type Json } from './types.ts'
import { success, type Call, type Operation, type Route, type World } from './world.ts'

const CARDS = '/open-apis/cardkit/v1/cards'
const CARD = `${CARDS}/:card_id`
const ELEMENT = `${CARD}/elements/:element_id`
const MAX_CONTENT_CHARS = 100_000
const TEXT_TAGS = ['markdown', 'plain_text', 'div']

export const cardRoutes: readonly Route[] = [
  { operation: 'card.create', method: 'POST', path: CARDS, run: create },
  { operation: 'card.idConvert', method: 'POST', path: `${CARDS}/id_convert`, run: idConvert },
  changing('card.update', 'PUT', CARD, ({ body }) => {
    const card = readSecondEdition(recordOf(body['card'])['data'])
    return () => ({ card, streaming: isStreaming(card) })
  }),
  changing('card.settings', 'PATCH', `${CARD}/settings`, ({ body }) => settingsChange(body['settings'])),
  changing('card.batchUpdate', 'POST', `${CARD}/batch_update`, ({ body }) => batchChange(body['actions'])),
  changing('cardElement.create', 'POST', `${CARD}/elements`, ({ body }) => addChange(body)),
  changing('cardElement.update', 'PUT', ELEMENT, ({ params, body }) =>
    replaceChange(params['element_id'], body['element']),
  ),
  changing('cardElement.patch', 'PATCH', ELEMENT, ({ params, body }) =>
    patchChange(params['element_id'], body['partial_element']),
  ),
  changing('cardElement.delete', 'DELETE', ELEMENT, ({ params }) => deleteChange([params['element_id']])),
  changing('cardElement.content', 'PUT', `${ELEMENT}/content`, contentChange, true),
]

function changing(
  operation: string,
  method: string,
  path: string,
  changeOf: (call: Call) => Change,
  needsStreaming = false,
): Route {
  const run: Operation = (call, world) => {
    operate(world, operation, call, needsStreaming, (state) => changeOf(call)(state))
    return success()
  }
  return { operation, method, path, run }
}

function create({ body }: Call, world: World): ReturnType<Operation> {
  if (body['type'] !== 'card_json') throw refusal(10002, 'type must be card_json or template')
  return success({ card_id: createCard(world, readSecondEdition(body['data'])).id })
}

function idConvert({ body }: Call, world: World): ReturnType<Operation> {
  const cardId = world.store.messages.get(stringOf(body['message_id']) ?? '')?.cardId
  if (cardId === undefined) throw refusal(200740, 'card entity does not exist')
  return success({ card_id: cardId })
}

function contentChange({ params, body }: Call): Change {
  const { content } = body
  const elementId = params['element_id'] ?? ''
  if (typeof content !== 'string' || content === '' || content.length > MAX_CONTENT_CHARS)
    throw refusal(10002, 'content is invalid')
  return ({ card }) => {
    const element = existing(card, elementId)
    if (!TEXT_TAGS.includes(String(element['tag']))) throw refusal(300310, 'element is not a text element')
    const changed =
      element['tag'] === 'div'
        ? { ...element, text: { ...recordOf(element['text']), content } }
        : { ...element, content }
    return { card: withElement(card, elementId, () => [changed]) }
  }
}

/** `{config:{streaming_mode, summary, …}, card_link}`; some bots send the config's fields bare. */
function settingsChange(settings: unknown): Change {
  const given = readJson(stringOf(settings) ?? '')
  if (given === undefined) throw refusal(300122, 'settings can not be parsed')
  const config = isRecord(given['config']) ? given['config'] : given
  const mode = config['streaming_mode']
  return ({ card }) => ({
    card: {
      ...card,
      config: { ...recordOf(card['config']), ...config },
      ...(given['card_link'] === undefined ? {} : { card_link: given['card_link'] }),
    },
    ...(typeof mode === 'boolean' ? { streaming: mode } : {}),
  })
}

function addChange(body: Json): Change {
  const elements = readElements(body['elements'])
  const target = stringOf(body['target_element_id'])
  if (elements === undefined) throw refusal(300315, 'elements can not be parsed')
  return ({ card }) => {
    switch (body['type']) {
      case 'insert_before':
        return { card: around(card, target, (element) => [...elements, element]) }
      case 'insert_after':
        return { card: around(card, target, (element) => [element, ...elements]) }
      case 'append':
        return { card: target === undefined ? appended(card, elements) : appendedTo(card, target, elements) }
      default:
        throw refusal(10002, 'type is invalid')
    }
  }
}

function around(card: Json, target: string | undefined, change: (element: Json) => readonly Json[]): Json {
  if (target === undefined || elementById(card, target) === undefined)
    throw refusal(300315, 'target_element_id does not exist')
  return withElement(card, target, change)
}

function appendedTo(card: Json, target: string, elements: readonly Json[]): Json {
  return around(card, target, (container) => [
    { ...container, elements: [...listOf(container['elements']), ...elements] },
  ])
}

function appended(card: Json, elements: readonly Json[]): Json {
  const body = recordOf(card['body'])
  return { ...card, body: { ...body, elements: [...listOf(body['elements']), ...elements] } }
}

function replaceChange(elementId: unknown, element: unknown): Change {
  const given = readJson(stringOf(element) ?? '')
  if (given === undefined) throw refusal(300313, 'element can not be parsed')
  return ({ card }) => {
    const id = stringOf(elementId) ?? ''
    existing(card, id)
    return { card: withElement(card, id, () => [{ element_id: id, ...given }]) }
  }
}

function patchChange(elementId: unknown, partial: unknown): Change {
  const given = readJson(stringOf(partial) ?? '')
  if (given === undefined) throw refusal(300313, 'partial_element can not be parsed')
  return ({ card }) => {
    const id = stringOf(elementId) ?? ''
    const element = existing(card, id)
    if (given['tag'] !== undefined && given['tag'] !== element['tag'])
      throw refusal(300312, 'element tag can not be changed')
    return { card: withElement(card, id, () => [{ ...element, ...given }]) }
  }
}

function deleteChange(elementIds: readonly unknown[]): Change {
  return ({ card }) => {
    const known = new Set(elementsOf(card).map((element) => element['element_id']))
    const missing = elementIds.find((id) => typeof id !== 'string' || !known.has(id))
    if (missing !== undefined || elementIds.length === 0)
      throw refusal(300314, 'element to delete does not exist')
    return { card: elementIds.reduce<Json>((rest, id) => withElement(rest, String(id), () => []), card) }
  }
}

/** All or nothing: the actions one after the other. */
function batchChange(actions: unknown): Change {
  const list = readElements(actions)
  if (list === undefined) throw refusal(10002, 'actions can not be parsed')
  const changes = list.map(({ action, params }) => actionChange(action, recordOf(params)))
  return (state) =>
    changes.reduce<ReturnType<Change>>(
      (before, change) => ({ ...before, ...change({ ...state, card: before.card }) }),
      { card: state.card },
    )
}

function actionChange(action: unknown, params: Json): Change {
  const asText = (value: unknown): unknown => (typeof value === 'object' ? JSON.stringify(value) : value)
  switch (action) {
    case 'partial_update_setting':
      return settingsChange(asText(params['settings']))
    case 'add_elements':
      return addChange({ ...params, elements: asText(params['elements']) })
    case 'delete_elements':
      return deleteChange(listOf(params['element_ids']))
    case 'partial_update_element':
      return patchChange(params['element_id'], asText(params['partial_element']))
    case 'update_element':
      return replaceChange(params['element_id'], asText(params['element']))
    default:
      throw refusal(10002, 'action is invalid')
  }
}

function existing(card: Json, elementId: string): Json {
  const element = elementById(card, elementId)
  if (element === undefined) throw refusal(300313, 'element_id does not exist')
  return element
}

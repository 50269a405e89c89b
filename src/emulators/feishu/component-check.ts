// Which properties may the parts of a card 2.0 have? Any other refuses the whole card, as on the platform.
//
// Feishu docs: card JSON v2 structure and components. Only parts this project has seen in use are listed; a tag that is
// not here is not looked into.
import { elementsOf } from './card-tree.ts'
import { isRecord, listOf, recordOf, stringOf, type Json } from './types.ts'

const COMMON = ['tag', 'element_id', 'margin', 'fallback']
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  markdown: ['content', 'i18n_content', 'text_align', 'text_size', 'icon'],
  div: ['text', 'icon', 'width'],
  plain_text: ['content', 'i18n_content', 'text_size', 'text_color', 'text_align', 'lines'],
  hr: [],
  // Feishu docs: collapsible panel.
  collapsible_panel: `elements expanded header border background_color direction padding vertical_spacing
    horizontal_spacing vertical_align horizontal_align`.split(/\s+/),
  column_set: [
    'flex_mode',
    'background_style',
    'horizontal_spacing',
    'horizontal_align',
    'columns',
    'action',
  ],
  column:
    `width weight background_style vertical_align vertical_spacing horizontal_align horizontal_spacing padding
    direction elements action`.split(/\s+/),
  form: `name elements direction padding horizontal_spacing horizontal_align vertical_spacing vertical_align confirm`.split(
    /\s+/,
  ),
  // `value`, `url` and `multi_url` as in cards 1.0 are not refused, but do nothing.
  button: `type size width text icon hover_tips disabled disabled_tips confirm behaviors name form_action_type
    value url multi_url`.split(/\s+/),
  input:
    `name required disabled disabled_tips placeholder default_value width max_length input_type show_icon rows
    auto_resize max_rows label label_position value behaviors confirm`.split(/\s+/),
  select_static: `type name required disabled placeholder initial_option initial_index width options behaviors
    confirm`.split(/\s+/),
  multi_select_static: `type name required disabled placeholder selected_values width options behaviors
    confirm`.split(/\s+/),
}
const PLACES: Readonly<Record<string, readonly string[]>> = {
  config: `streaming_mode streaming_config summary locales enable_forward update_multi width_mode
    use_custom_translation enable_forward_interaction style`.split(/\s+/),
  header: 'title subtitle text_tag_list i18n_text_tag_list template icon padding'.split(' '),
  body: `direction padding horizontal_spacing horizontal_align vertical_spacing vertical_align elements`.split(
    /\s+/,
  ),
}
const MAX_LABEL_CHARS = 100

/** What is wrong with a part of the card, in words, or undefined. */
export function componentFault(card: Json): string | undefined {
  for (const [place, known] of Object.entries(PLACES)) {
    const unknown = Object.keys(recordOf(card[place])).find((key) => !known.includes(key))
    if (unknown !== undefined) return `unknown property, property: ${unknown}, path: ${place}`
  }
  for (const element of elementsOf(card)) {
    const fault = propertyFault(element) ?? partFault(element)
    if (fault !== undefined) return fault
  }
  return undefined
}

function propertyFault(element: Json): string | undefined {
  const tag = String(element['tag'])
  const known = PROPERTIES[tag]
  const unknown = Object.keys(element).find((key) => known?.includes(key) === false && !COMMON.includes(key))
  return unknown === undefined ? undefined : `unknown property, property: ${unknown}, tag: ${tag}`
}

function partFault(element: Json): string | undefined {
  if (element['tag'] === 'button') return buttonFault(element)
  return element['tag'] === 'collapsible_panel' ? panelFault(element) : undefined
}

const PANEL_HEADER = `title background_color vertical_align padding position width icon icon_position
  icon_expanded_angle`.split(/\s+/)
const PANEL_ICON_ANGLES: readonly unknown[] = [undefined, -180, -90, 90, 180]

/** A panel has a title, and no form in it. Feishu docs: collapsible panel. */
function panelFault({ header, elements, expanded }: Json): string | undefined {
  const head = recordOf(header)
  const unknown = Object.keys(head).find((key) => !PANEL_HEADER.includes(key))
  if (unknown !== undefined) return `unknown property, property: ${unknown}, tag: collapsible_panel header`
  const title = recordOf(head['title'])
  if (!['plain_text', 'markdown'].includes(String(title['tag'])) || typeof title['content'] !== 'string')
    return 'the header of a collapsible_panel has no title'
  if (!PANEL_ICON_ANGLES.includes(head['icon_expanded_angle'])) return 'icon_expanded_angle is invalid'
  if (expanded !== undefined && typeof expanded !== 'boolean') return 'expanded is not a boolean'
  if (!Array.isArray(elements)) return 'elements of a collapsible_panel are missing'
  return listOf(elements).some((inner) => recordOf(inner)['tag'] === 'form')
    ? 'a collapsible_panel can not hold a form'
    : undefined
}

function buttonFault(button: Json): string | undefined {
  const label = stringOf(recordOf(button['text'])['content']) ?? ''
  if (label.length > MAX_LABEL_CHARS) return 'button text is too long'
  if (button['behaviors'] !== undefined && !Array.isArray(button['behaviors']))
    return 'behaviors is not an array'
  return listOf(button['behaviors']).map(recordOf).every(isBehavior) ? undefined : 'a behavior is malformed'
}

function isBehavior({ type, value, default_url: url }: Json): boolean {
  if (type === 'callback') return isRecord(value) || typeof value === 'string'
  return type === 'open_url' && typeof url === 'string' && /^https?:\/\//.test(url)
}

// What does the page say? English and Chinese side by side: a word without both does not compile.

export type Lang = 'en' | 'zh'

const WORDS = {
  title: ['Playground', '试验场'],
  tagline: ['Coze agents in your chats', '让扣子智能体进入聊天'],
  welcome: [
    'Write to the bot in any chat, or ask in all of them:',
    '在任意聊天里给机器人发消息，或同时问所有聊天：',
  ],
  youAre: ['You are', '你是'],
  addPerson: ['Add a person', '添加一个人'],
  name: ['Name', '名字'],
  language: ['Language', '语言'],
  add: ['Add', '添加'],
  cancel: ['Cancel', '取消'],
  close: ['Close', '关闭'],
  other: ['中文', 'English'],
  theme: ['Colours: {now}', '配色：{now}'],
  auto: ['as the system', '跟随系统'],
  light: ['light', '浅色'],
  dark: ['dark', '深色'],
  controls: ['Controls', '控制台'],
  platforms: ['Platforms', '平台'],
  discord: ['Discord', 'Discord'],
  telegram: ['Telegram', 'Telegram'],
  feishu: ['Feishu', '飞书'],
  rooms: ['Chats', '聊天'],
  direct: ['Direct', '私聊'],
  group: ['Group', '群聊'],
  unread: ['New messages', '有新消息'],
  messages: ['Messages', '消息'],
  empty: ['Just you and the bot', '这里只有你和机器人'],
  emptyMore: ['Whatever you write here is answered.', '在这里写什么都会得到回答。'],
  emptyGroup: ['Everybody is in here', '大家都在这里'],
  emptyGroupMore: ['Here the bot answers when it is mentioned.', '在这里，提及机器人它才会回答。'],
  openThread: ['Open the thread', '打开话题'],
  typing: ['The bot is typing', '机器人正在输入'],
  latest: ['Newest', '最新消息'],
  earlier: ['Earlier messages', '更早的消息'],
  write: ['Message {where}', '发消息到 {where}'],
  commands: ['Commands', '命令'],
  send: ['Send', '发送'],
  attach: ['Attach files', '添加附件'],
  mention: ['Mention the bot', '提及机器人'],
  reply: ['Reply', '回复'],
  remove: ['Remove', '移除'],
  uploading: ['uploading…', '上传中…'],
  run: ['Run', '运行'],
  choose: ['Choose…', '请选择…'],
  bot: ['BOT', '机器人'],
  onlyYou: ['Only you can see this', '仅你可见'],
  edits: ['{n}× edited', '已编辑 {n} 次'],
  draft: ['draft', '草稿'],
  growing: ['still writing', '生成中'],
  spoiler: ['Show the hidden text', '显示隐藏内容'],
  more: ['Show more', '展开'],
  less: ['Show less', '收起'],
  copy: ['Copy', '复制'],
  copied: ['Copied', '已复制'],
  notKept: ['too large to keep', '过大，未保留'],
  coze: ['Coze', '扣子'],
  wire: ['Wire', '线路'],
  bridge: ['Bridge', '桥接程序'],
  starting: ['starting', '启动中'],
  ready: ['running', '运行中'],
  stopping: ['stopping', '停止中'],
  ended: ['ended', '已退出'],
  exitCode: ['Exit code', '退出码'],
  kill: ['Kill it', '强行终止'],
  killSays: [
    'SIGKILL, even in the middle of a reply. A new one starts and finishes what was begun.',
    '发送 SIGKILL，哪怕正在回复。新的进程会启动，并把没说完的说完。',
  ],
  how: ['How Coze answers', '扣子怎样回答'],
  howSays: [
    'An emulated Coze on this machine. A line that begins with ! overrides it once.',
    '本机上的模拟扣子。以 ! 开头的一行可临时改变它。',
  ],
  real: ['Use a real Coze', '使用真实的扣子'],
  realSays: [
    'The token goes to the bridge on this machine and from there to Coze. It is not stored, logged or shown.',
    '令牌只交给本机的桥接程序，再由它发给扣子；不会保存、记录或显示。',
  ],
  address: ['API address', 'API 地址'],
  token: ['Access token', '访问令牌'],
  botId: ['Agent ID', '智能体 ID'],
  use: ['Connect', '连接'],
  useEmulated: ['Back to the emulated Coze', '改回模拟扣子'],
  wireSays: [
    'What goes between the bridge and the world, newest first.',
    '桥接程序与外界之间的每次调用，最新的在前。',
  ],
  timeline: ['Calls of the last 20 seconds', '最近 20 秒的调用'],
  toPage: ['Edit to page: ', '从编辑到显示：'],
  latencies: ['p50 {p50} ms · p95 {p95} ms · {n}×', 'p50 {p50} 毫秒 · p95 {p95} 毫秒 · {n} 次'],
  none: ['none yet', '尚无'],
  pause: ['Pause', '暂停'],
  slowDown: ['told to wait {s} s', '被要求等待 {s} 秒'],
  chars: ['{n} ch', '{n} 字'],
  away: ['The playground’s server is away. Trying again…', '试验场的服务器没有回应，正在重试…'],
  refused: [
    'The playground takes no more pages: it is open in too many tabs, or was started anew. Close one and load this again, or open the address it printed.',
    '试验场不再接受新页面：打开的标签页太多，或者它重新启动过。关掉一个标签页再刷新，或打开它新打印的地址。',
  ],
  failed: ['That did not go through.', '没有成功。'],
} as const satisfies Record<string, readonly [en: string, zh: string]>

export type Word = keyof typeof WORDS

let column: 0 | 1 = 0

/** All that is said from now on is in this language; what stands there has to be drawn anew. */
export function speak(lang: Lang): void {
  column = lang === 'en' ? 0 : 1
}

export const isZh = () => column === 1

/** `{name}` in a word is replaced by the value of that name. */
export function say(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return WORDS[word][column].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

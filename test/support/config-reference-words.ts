// Which words does the configuration reference need beside the schema's: headings, meanings of keys that have none there,
// and everything in Chinese, by the English text? A changed description needs a new translation: a test says so.

export type Language = 'en' | 'zh-CN'

/** A list of the same keys is told once. */
export const SAME: Readonly<Record<string, string>> = {
  'agents.<agent>.options': 'commands.<command>.options[]',
}

export const TYPES = {
  en: {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: '`true`, `false`',
    object: 'keys and values',
    list: 'list',
    any: 'text, number, `true`, `false`',
  },
  'zh-CN': {
    string: '文字',
    integer: '整数',
    number: '数字',
    boolean: '`true`、`false`',
    object: '键和值',
    list: '列表',
    any: '文字、数字、`true`、`false`',
  },
} as const

interface PageWords {
  readonly title: string
  readonly intro: string
  readonly head: readonly [key: string, type: string, standard: string, meaning: string]
  readonly needed: string
  readonly sameAs: (path: string) => string
  readonly variable: (names: string) => string
  readonly variables: string
  readonly variableHead: readonly [variable: string, key: string, when: string]
  readonly always: string
  readonly onlyWithoutFile: string
}

export const PAGES: Readonly<Record<Language, PageWords>> = {
  en: {
    title: '# Configuration: every key',
    intro: `[中文](configuration.zh-CN.md)

This page is generated from the schema (\`node test/support/config-reference-page.ts\`); a test compares the two.
[config/bridge.example.yaml](../config/bridge.example.yaml) shows the keys in use.

The bridge reads the file named by \`--config\` or \`BRIDGE_CONFIG\`, else \`config/bridge.yaml\` where there is one, else environment
variables alone. \`npm run init\` writes a file for you.

- Anywhere in a text, \`\${env:NAME}\` takes a variable (also from a file \`.env\`) and \`\${file:PATH}\` the content of a file, beside the
  configuration file; \`$\${\` is \`\${\` itself. Put every secret there, not into the YAML.
- Coze's ids have 19 digits. They may stand with or without quotes.
- Mistakes are told all at once, with line and remedy, and nothing starts. \`npm run config\` checks the file and prints it with
  every default, secrets left out. \`npm run schema\` prints the JSON Schema; the example's first line gives it to your editor.
- A changed file is taken while the bridge runs: see [running.md](running.md#changing-the-configuration).

\`<agent>\`, \`<account>\`, \`<command>\` are names of yours; \`[]\` is one of a list. “needed” means: without it the file is refused.`,
    head: ['key', 'type', 'default', 'meaning'],
    needed: 'needed',
    sameAs: (path) => `The same keys as ${path}.`,
    variable: (names) => `Variable: ${names}.`,
    variables: `## Environment variables

Variables of the process win over the file \`.env\`. Those marked “always” win over the configuration file, too; the others are read
only where there is no configuration file. Without a file, direct messages are open and each person has 20 questions an hour.`,
    variableHead: ['variable', 'key or meaning', 'read'],
    always: 'always',
    onlyWithoutFile: 'without a file',
  },
  'zh-CN': {
    title: '# 配置：所有的键',
    intro: `[English](configuration.md)

本页由 schema 生成（\`node test/support/config-reference-page.ts\`），有测试保证两者一致。用法示例见
[config/bridge.example.yaml](../config/bridge.example.yaml)。

桥读取 \`--config\` 或 \`BRIDGE_CONFIG\` 指定的文件；没有指定就读 \`config/bridge.yaml\`；这个文件也没有，就只读环境变量。
\`npm run init\` 会替你写好文件。

- 任何文字里都可以写 \`\${env:NAME}\`（取变量，也包括 \`.env\` 里的）和 \`\${file:PATH}\`（取文件内容，路径相对于配置文件所在目录）；
  \`$\${\` 表示 \`\${\` 本身。密钥都放在那里，不要写进 YAML。
- 扣子的 ID 有 19 位，加不加引号都行。
- 写错的地方会一次全部指出，带行号和改法，桥不会启动。\`npm run config\` 检查文件并打印出全部默认值，不显示密钥；
  \`npm run schema\` 打印 JSON Schema，示例文件的第一行就是给编辑器用的。
- 桥在运行时会采用改过的文件：见 [running.zh-CN.md](running.zh-CN.md#修改配置)。

\`<agent>\`、\`<account>\`、\`<command>\` 是你自己起的名字；\`[]\` 表示列表中的一项。“必填”表示缺了它文件就不被接受。`,
    head: ['键', '类型', '默认值', '含义'],
    needed: '必填',
    sameAs: (path) => `键与 ${path} 相同。`,
    variable: (names) => `变量：${names}。`,
    variables: `## 环境变量

进程的变量优先于 \`.env\` 文件。标“总是”的也优先于配置文件；其余的只在没有配置文件时读取。没有配置文件时，谁都可以私聊，每人每小时 20 个问题。`,
    variableHead: ['变量', '对应的键或含义', '何时读取'],
    always: '总是',
    onlyWithoutFile: '没有配置文件时',
  },
}

/** Variables that stand for no key. */
export const VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ['BRIDGE_CONFIG', 'Path of the configuration file; --config wins.'],
  [
    'HTTPS_PROXY',
    'An HTTP proxy for https:// calls: see running.md, Proxies. Small letters are read as well.',
  ],
  ['HTTP_PROXY', 'The same for http:// calls.'],
  ['NO_PROXY', 'Hosts that are reached directly, with commas between.'],
  ['NO_COLOR', 'Set to 1: no colours on a terminal.'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'Where traces are sent (OTLP over HTTP); without it, none are made.'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'The same, as a whole address.'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'Headers sent along, as name=value, with commas between.'],
  ['OTEL_SERVICE_NAME', "The service's name in traces: coze-bridge where nothing is said."],
]

/** By path as in the tables; `path:kind` for the sentence under a heading. */
export const MEANINGS: Readonly<Record<string, string>> = {
  coze: 'Which Coze, and who you are there. See [coze.md](coze.md).',
  'coze.auth': 'How the bridge logs in. `kind` may be left out for a token.',
  'coze.auth.kind': 'Which login it is.',
  'coze.auth:token': 'A personal access token or a service token.',
  'coze.auth:jwt': 'An OAuth service app: no token to renew by hand.',
  'coze.auth:oauth': "A person's own login, by `npm run login`.",
  'coze.timeouts': 'How long to wait for Coze.',
  'coze.timeouts.connectMs': 'For the connection.',
  'coze.timeouts.firstByteMs': 'For the first sign of an answer.',
  'coze.timeouts.overallMs': 'For a whole answer.',
  agents:
    'Who answers. A key is a name of yours; the one named `default` answers where no route says otherwise.',
  'agents.<agent>.kind': 'Which kind of agent it is.',
  'agents.<agent>:bot': 'An agent (智能体).',
  'agents.<agent>:chatflow': 'A chatflow (对话流).',
  'agents.<agent>.autoSaveHistory':
    'Whether Coze keeps the conversation; without it a broken reply cannot be found again. Coze keeps it where nothing is said.',
  'commands.<command>.options': 'What a person gives with the command.',
  'commands.<command>.options[].type': 'What kind of value it is.',
  'commands.<command>.options[].choices[].value': 'What the workflow gets.',
  'commands.<command>.options[].choices[].label': 'What people see; the value where nothing is said.',
  platforms:
    'The accounts the bridge is on. A key is a name of yours; where it is the name of a platform, `kind` may be left out.',
  'platforms.<account>.kind': 'Which platform it is.',
  'platforms.<account>:telegram': 'See [telegram.md](telegram.md).',
  'platforms.<account>:discord': 'See [discord.md](discord.md).',
  'platforms.<account>:feishu': 'See [feishu.md](feishu.md).',
  'platforms.<account>:console': 'Your terminal: what `npm run chat` uses.',
  'platforms.<account>.mode': 'polling needs no address of your own; webhook: Telegram calls this bridge.',
  'platforms.<account>.webhook': 'For mode webhook.',
  'platforms.<account>.streaming':
    "edit: a message is posted and edited as it grows; draft: Telegram's drafts in private chats; auto is edit.",
  'routes[].when.platform': 'A key under platforms.',
  'routes[].when.chat': "A chat's id.",
  'routes[].when.thread': "A thread's or topic's id.",
  'routes[].when.user': "A person's id.",
  'routes[].when.role': 'A role, as in access.',
  'routes[].when.command': "A command's name.",
  'routes[].when.chatKind': 'Private chats, or groups.',
  'routes[].conversation':
    'Whose conversation it is: each person has one of their own, also in each thread; everybody in the chat shares one; everybody in the thread does.',
  'routes[].whileBusy':
    'What a second question does while one is answered: it waits, is joined to the one that waits, or ends the answer under way.',
  'routes[].reply': 'How a reply appears.',
  'routes[].questions': 'What a workflow or an agent asks of a person.',
  'routes[].reply.quote': 'Whether a reply hangs on the message that asked.',
  'routes[].locale': 'Language of notices here, where the person has told none.',
  access: 'Who may talk to the bot. See [running.md](running.md#who-may-talk-to-it).',
  retention: 'How long things are kept.',
  server: "The bridge's own HTTP port. See [running.md](running.md#its-http-port).",
  'server.host': 'Which address of this machine it listens on; 0.0.0.0 is all of them.',
  log: 'What is logged.',
  'log.level': 'How much.',
}

export const CHINESE: Readonly<Record<string, string>> = {
  'Path of the configuration file; --config wins.': '配置文件的路径；--config 优先。',
  'An HTTP proxy for https:// calls: see running.md, Proxies. Small letters are read as well.':
    'https:// 请求走的 HTTP 代理：见 running.zh-CN.md 的“代理”。小写的变量名也认。',
  'The same for http:// calls.': '同上，用于 http:// 请求。',
  'Hosts that are reached directly, with commas between.': '直接访问的主机，用逗号隔开。',
  'Set to 1: no colours on a terminal.': '设为 1：终端里不用颜色。',
  'Where traces are sent (OTLP over HTTP); without it, none are made.':
    '追踪数据发到哪里（OTLP over HTTP）；不设就没有追踪。',
  'The same, as a whole address.': '同上，写完整地址。',
  'Headers sent along, as name=value, with commas between.':
    '一起发送的请求头，写成 name=value，用逗号隔开。',
  "The service's name in traces: coze-bridge where nothing is said.":
    '追踪里的服务名；不写就是 coze-bridge。',
  'Which Coze, and who you are there. See [coze.md](coze.md).':
    '用哪个扣子，用什么身份。见 [coze.zh-CN.md](coze.zh-CN.md)。',
  'How the bridge logs in. `kind` may be left out for a token.': '桥怎样登录。用令牌时可以不写 `kind`。',
  'Which login it is.': '哪一种登录。',
  'A personal access token or a service token.': '个人访问令牌或服务访问令牌。',
  'An OAuth service app: no token to renew by hand.': 'OAuth 服务类应用：不用手动换令牌。',
  "A person's own login, by `npm run login`.": '个人账号登录，用 `npm run login`。',
  'https://api.coze.cn, https://api.coze.com, or your Coze Studio.':
    'https://api.coze.cn、https://api.coze.com，或者你的 Coze Studio。',
  'studio: a self-hosted Coze Studio, which has fewer endpoints.':
    'studio：自己部署的 Coze Studio，接口少一些。',
  'When the token ends, as Coze said when it was made: 2026-12-31. Admins are told 7, 3 and 1 days before.':
    '令牌哪天到期（创建时扣子会告诉你）：2026-12-31。提前 7、3、1 天通知管理员。',
  'The id of the OAuth service app.': 'OAuth 服务类应用的 ID。',
  'The fingerprint of the public key.': '公钥的指纹。',
  'PEM; best as ${file:./secrets/coze.pem}.': 'PEM；最好写成 ${file:./secrets/coze.pem}。',
  'Each person gets a Coze session of their own.': '每个人在扣子有自己的会话。',
  'How long a token lasts (Coze docs: OAuth JWT; at most 86399).':
    '令牌有效多少秒（扣子文档：OAuth JWT；最多 86399）。',
  "A person's own login: `bridge login` asks for it and keeps it in the store.":
    '个人账号登录：`bridge login` 引导登录，令牌存在存储里。',
  'The id of the OAuth app, of the type device, PKCE or web.': 'OAuth 应用的 ID，类型是设备、PKCE 或 Web。',
  'Of an app of the type web; the others have none.': 'Web 类型的应用才有。',
  'device: a code typed in a browser anywhere. pkce: a browser on this machine; the app must list http://127.0.0.1:<redirectPort>/callback.':
    'device：在任意浏览器里输入一个码。pkce：用本机的浏览器；应用的重定向地址里要有 http://127.0.0.1:<redirectPort>/callback 。',
  'Where `bridge login` waits for the browser; only while it runs.':
    '`bridge login` 等浏览器回来的端口；只在它运行时使用。',
  'Log in for this workspace alone.': '只登录这一个工作空间。',
  'What your Coze plan allows; questions above it wait their turn.': '你的扣子套餐允许多少；超出的问题排队。',
  '0 = no limit.': '0 = 不限。',
  'How long to wait for Coze.': '等扣子多久。',
  'For the connection.': '等连接。',
  'For the first sign of an answer.': '等回答的第一个字节。',
  'The longest silence in the middle of an answer.': '回答途中最长的沉默。',
  'For a whole answer.': '等整个回答。',
  'Who answers. A key is a name of yours; the one named `default` answers where no route says otherwise.':
    '谁来回答。键是你起的名字；路由没有另外指定时由 `default` 回答。',
  'Which kind of agent it is.': '哪一种智能体。',
  'An agent (智能体).': '智能体。',
  'A chatflow (对话流).': '对话流。',
  'The number after /bot/ in the address of the agent in Coze.': '智能体页面地址里 /bot/ 后面的数字。',
  "Inputs of the start node of the agent's chatflow.": '智能体的对话流开始节点的输入。',
  "Variables in the agent's prompt.": '智能体提示词里的变量。',
  'Whether Coze keeps the conversation; without it a broken reply cannot be found again. Coze keeps it where nothing is said.':
    '扣子是否保存对话；不保存的话，中断的回复就找不回来。不写就保存。',
  'The number of the chatflow in its address in Coze.': '对话流页面地址里的数字。',
  'The app it belongs to; this or bot is needed.': '它所属的应用；app 和 bot 要写一个。',
  'The bot it runs for; this or app is needed.': '它为哪个智能体运行；bot 和 app 要写一个。',
  'Inputs of its start node. {person.name}, {person.id}, {person.locale}, {chat.id}, {chat.kind} and {platform} stand for who asks, and where.':
    '开始节点的输入。{person.name}、{person.id}、{person.locale}、{chat.id}、{chat.kind}、{platform} 代表谁在问、在哪里问。',
  'Parameters the person gives: asked once, before the first question of a conversation.':
    '由提问者填写的参数：每个对话的第一个问题之前问一次。',
  'Slash commands that run Coze workflows.': '运行扣子工作流的斜杠命令。',
  'The number of the workflow in its address in Coze; it must be published.':
    '工作流页面地址里的数字；必须已发布。',
  'What the menu says; a text alone is English.': '菜单里的说明；只写一段文字就当作英文。',
  'What a person gives with the command.': '下命令的人要填什么。',
  'The parameter of the workflow it fills.': '填到工作流的哪个参数。',
  'What a person is asked; a text alone is English.': '怎样问人；只写一段文字就当作英文。',
  'What kind of value it is.': '值的类型。',
  'Asked for where it is missing.': '没填就问。',
  'What an optional one is when nobody says.': '可选项没填时的值。',
  'For type "choice". Above 25, Discord suggests them while somebody types.':
    '用于 choice 类型。超过 25 个时，Discord 边打字边提示。',
  'What the workflow gets.': '工作流收到的值。',
  'What people see; the value where nothing is said.': '大家看到的文字；不写就显示值。',
  'The smallest number, or the least characters of a text.': '最小的数，或文字最少几个字符。',
  'The largest number, or the most characters of a text.': '最大的数，或文字最多几个字符。',
  'For type "string": a regular expression the whole text must match.':
    '用于 string 类型：整段文字要符合的正则表达式。',
  'Parameters that are always the same. Options win over them.': '固定不变的参数。选项优先。',
  'stream: text grows as the nodes speak; run: the result at once; async: started, and its result brought when it is there, hours later if need be (paid plans of Coze).':
    'stream：节点一边输出，文字一边变长；run：一次给出结果；async：先开始，有结果时再送来，几小时后也行（扣子付费套餐）。',
  'How a result that is JSON is shown: Markdown with gaps like {title} or {items.0.name}; {.} is the whole.':
    'JSON 结果怎样显示：带空格位的 Markdown，如 {title}、{items.0.name}；{.} 是全部。',
  'A run that was cut in the middle cannot be found again. ask: keep what stands, say so, and offer to run it again; rerun: run it again; tell: only say so.':
    '中途断掉的运行找不回来。ask：保留已有内容，说明情况，给一个重新运行的按钮；rerun：重新运行；tell：只说明。',
  'Where it may be given. Left out: everywhere.': '在哪里能用。不写：到处都能。',
  'Ids of Discord servers that alone show it. Left out: all.':
    '只在这些 Discord 服务器显示（写 ID）。不写：全部。',
  'The bot the workflow runs for (bot_id); not together with app.':
    '工作流为哪个智能体运行（bot_id）；不能与 app 同时写。',
  'The app the workflow belongs to (app_id).': '工作流所属的应用（app_id）。',
  'Further fields of the run: latitude, longitude, user_id.':
    '运行时的其他字段：latitude、longitude、user_id。',
  'A version of the workflow (workflow_version); the newest otherwise.':
    '工作流的版本（workflow_version）；不写就用最新的。',
  'The channel it is published to (connector_id); the API otherwise.':
    '发布到的渠道（connector_id）；不写就是 API。',
  "HTTP services that answer an agent's local plugins, by the name the agent calls.":
    '回答智能体本地插件的 HTTP 服务，按智能体调用的名字。',
  'Takes a POST with JSON and answers with JSON.': '接收 JSON 的 POST，用 JSON 回答。',
  'The agent is told when it takes longer.': '超过这个时间就告诉智能体。',
  'Signs each call (HMAC-SHA256), so that the service knows who asks.':
    '给每次请求签名（HMAC-SHA256），让服务知道是谁在问。',
  'Sent with each call.': '每次请求都带上。',
  'The accounts the bridge is on. A key is a name of yours; where it is the name of a platform, `kind` may be left out.':
    '桥使用的账号。键是你起的名字；如果就是平台的名字，可以不写 `kind`。',
  'Which platform it is.': '哪个平台。',
  'See [telegram.md](telegram.md).': '见 [telegram.zh-CN.md](telegram.zh-CN.md)。',
  'See [discord.md](discord.md).': '见 [discord.zh-CN.md](discord.zh-CN.md)。',
  'See [feishu.md](feishu.md).': '见 [feishu.zh-CN.md](feishu.zh-CN.md)。',
  'Your terminal: what `npm run chat` uses.': '你的终端：`npm run chat` 用的就是它。',
  'From @BotFather.': '从 @BotFather 得到。',
  'Or your own Bot API server.': '或者你自己的 Bot API 服务器。',
  'polling needs no address of your own; webhook: Telegram calls this bridge.':
    'polling 不需要公网地址；webhook：由 Telegram 来调用。',
  'For mode webhook.': '用于 webhook 模式。',
  'Where Telegram reaches this bridge, without a path.': 'Telegram 从哪个地址访问这个桥，不带路径。',
  'Telegram sends it with every call (Bot API: setWebhook, secret_token).':
    'Telegram 每次调用都带上它（Bot API：setWebhook 的 secret_token）。',
  "edit: a message is posted and edited as it grows; draft: Telegram's drafts in private chats; auto is edit.":
    'edit：先发一条消息，再不断编辑；draft：私聊里用 Telegram 的草稿；auto 就是 edit。',
  'Over all chats together (Bot FAQ: broadcasting).': '所有聊天加起来（Bot FAQ：broadcasting）。',
  'Whether messages of other bots may wake this one.': '其他机器人的消息能不能唤醒它。',
  'The folder of your own Bot API server (--local), where it runs on this machine: files of any size are read there.':
    '你自己的 Bot API 服务器（--local）的目录，服务器在本机时使用：任意大小的文件都从那里读。',
  'The largest file it may send: 50, or 2000 with localFiles (Bot API: Using a Local Bot API Server).':
    '最大能发多大的文件：50，有 localFiles 时是 2000（Bot API：Using a Local Bot API Server）。',
  'Discord developer portal → your application → Bot → Reset Token.':
    'Discord 开发者后台 → 你的应用 → Bot → Reset Token。',
  'Or a server that speaks the same protocol.': '或者说同样协议的服务器。',
  'interactions: Discord calls this bridge, for slash commands and buttons only.':
    'interactions：由 Discord 来调用，只有斜杠命令和按钮。',
  'Developer portal → General Information → Public Key. With it, /webhooks/<account> takes interactions.':
    '开发者后台 → General Information → Public Key。有了它，/webhooks/<account> 就接收交互。',
  'Read messages that do not mention the bot, too. Switch on "Message Content Intent" in the portal (→ Bot) first. Mentions and direct messages need neither.':
    '也读没有 @ 它的消息。要先在后台（→ Bot）打开 “Message Content Intent”。@ 和私聊都不需要它。',
  'text: plain messages; components: Components V2, with more room.':
    'text：普通消息；components：Components V2，放得下更多字。',
  'Over all chats together; 0 = no limit of our own.': '所有聊天加起来；0 = 我们不另设限制。',
  'Developer console → your app → Credentials & Basic Info → App ID.':
    '开发者后台 → 你的应用 → 凭证与基础信息 → App ID。',
  'Beside the App ID.': '就在 App ID 旁边。',
  'feishu (open.feishu.cn), lark (open.larksuite.com), or an address.':
    'feishu（open.feishu.cn）、lark（open.larksuite.com），或一个地址。',
  'websocket: the long connection, which needs no address of your own.':
    'websocket：长连接，不需要公网地址。',
  'Console → Events & Callbacks → Encryption Strategy.': '开发者后台 → 事件与回调 → 加密策略。',
  'Beside the Encrypt Key. Mode webhook needs one of them.':
    '就在 Encrypt Key 旁边。webhook 模式两者至少要有一个。',
  'auto: a card that grows, and text where a card is refused.': 'auto：会变长的卡片；卡片被拒绝时用文字。',
  'The first that matches wins.': '第一条匹配的生效。',
  'All given must match; nothing given matches everything.': '写出的都要符合；什么都不写就匹配一切。',
  'A key under platforms.': 'platforms 下的一个键。',
  "A chat's id.": '聊天的 ID。',
  "A thread's or topic's id.": '子区或话题的 ID。',
  "A person's id.": '人的 ID。',
  'A role, as in access.': '角色，写法同 access。',
  "A command's name.": '命令的名字。',
  'Private chats, or groups.': '私聊，或者群。',
  'A key under agents: who answers.': 'agents 下的一个键：谁来回答。',
  'Agents a person may change to with /agent. The one under "agent" is always among them.':
    '可以用 /agent 切换到的智能体。agent 写的那个总在其中。',
  'Whose conversation it is: each person has one of their own, also in each thread; everybody in the chat shares one; everybody in the thread does.':
    '对话属于谁：每人一个（每个话题里也各一个）；整个聊天共用一个；整个话题共用一个。',
  'What wakes the bot.': '什么会唤醒它。',
  'open: a thread for each conversation. A question in a channel is answered in a thread of its own, where the platform has threads (Discord).':
    'open：每个对话一个子区。频道里的问题在单独的子区里回答（有子区的平台，即 Discord）。',
  'What a second question does while one is answered: it waits, is joined to the one that waits, or ends the answer under way.':
    '正在回答时来了第二个问题怎么办：排队；并到正在等的那个问题里；打断正在写的回答。',
  'The first text shown has so many characters: it is what a phone announces.':
    '第一次显示的文字至少这么多字符：手机通知显示的就是它。',
  '… or has waited this long.': '……或者已经等了这么久。',
  'How a reply appears.': '回复怎样出现。',
  'What a workflow or an agent asks of a person.': '工作流或智能体向人提的问题。',
  'Whether a reply hangs on the message that asked.': '回复是否引用提问的消息。',
  'What the model thinks is shown above the reply, folded up; needs a thinking model.':
    '在回复上方折叠显示模型的思考；需要会思考的模型。',
  'Which tool the agent uses is shown while no text grows, and gone after.':
    '还没有文字时显示智能体在用哪个工具，之后消失。',
  'Which buttons a reply gets.': '回复带哪些按钮。',
  'What the agent suggests to ask next.': '智能体建议的下一个问题。',
  'While the reply grows.': '回复变长时显示的“停止”。',
  'Asks the same once more.': '再问一遍。',
  "The person's verdict, kept in Coze as feedback.": '用户的评价，作为反馈存在扣子。',
  'Reads the reply aloud; needs voice.voice.': '朗读回复；需要 voice.voice。',
  'In groups: who may answer what a workflow or an agent asks.': '在群里：工作流或智能体提的问题谁可以回答。',
  'A question left unanswered for so long is closed.': '这么久没人回答就关闭。',
  'Pictures and files, both ways.': '图片和文件，双向。',
  'Larger files are left out; Coze takes 512 MB.': '更大的文件不传；扣子最多收 512 MB。',
  'Text files up to this size are read into the question; 0 = none.':
    '不超过这个大小的文本文件直接读进问题；0 = 不读。',
  'A picture without words waits so long for its question; 0 = not at all.':
    '没有文字的图片等问题等多久；0 = 不等。',
  'Pictures and files of an answer are attached to it; false: they stay links.':
    '回答里的图片和文件作为附件发送；false：保留为链接。',
  'Voice messages, both ways.': '语音消息，双向。',
  'What becomes of a voice message: its words are asked, the agent hears it, or it is a file like any other.':
    '语音消息怎么处理：转成文字提问；让智能体自己听；当作普通文件。',
  'What was heard stands above the answer.': '把听到的话放在回答上面。',
  'Which replies are spoken, too: those to voice messages, or all.':
    '哪些回复还要朗读：回复语音的，或者全部。',
  'The id of a voice, from Coze.': '扣子里音色的 ID。',
  '0.5 to 2; 1 is as the voice speaks.': '0.5 到 2；1 是原速。',
  'Language of notices here, where the person has told none.': '这里的提示语用什么语言（对方没有表明时）。',
  'A question found after a downtime is asked if younger.': '停机后发现的问题，比这更新才提问。',
  'A longer question is not asked; the person is told.': '更长的问题不提问，并告诉对方。',
  'How much one person may ask here: instead of budgets, and counted apart from it.':
    '每个人在这里能问多少：代替 budgets，单独计数。',
  'For one person; 0 = no limit.': '每个人；0 = 不限。',
  'For one person, as Coze counts them; 0 = no limit. What an answer costs is known after it, so the last one may go beyond.':
    '每个人，按扣子的计数；0 = 不限。一个回答花多少要答完才知道，所以最后一个可能超出。',
  'Who may talk to the bot. See [running.md](running.md#who-may-talk-to-it).':
    '谁能用。见 [running.zh-CN.md](running.zh-CN.md#谁能用)。',
  'Who may write to the bot in private: anybody; who was let in with a code; who is listed below.':
    '谁可以私聊：任何人；凭配对码放行的人；下面列出的人。',
  'Where it answers: in any group it is in, or where the group or the person is listed below.':
    '在哪些群回答：所在的任何群；下面列出了群或人的地方。',
  'user:<id>, chat:<id>, role:<name>; <account>/user:<id> for one account, <account>/* for everybody there. Roles: role ids on Discord, administrator and creator on Telegram, department ids (od-…) on Feishu.':
    'user:<id>、chat:<id>、role:<name>；<account>/user:<id> 只指一个账号，<account>/* 指那里的所有人。角色：Discord 是角色 ID，Telegram 是 administrator 和 creator，飞书是部门 ID（od-…）。',
  'As in allow; beats it.': '写法同 allow；优先于它。',
  'As in allow: always let in, without a budget; may let others in, and hear of what needs the owner.':
    '写法同 allow：总是放行，不限额；可以放行别人，并会收到需要主人处理的通知。',
  'How much one person may ask. Admins have no limit.': '每个人能问多少。管理员不限。',
  'By role, as access has them; a key that is left out is as above.': '按角色，写法同 access；没写的键同上。',
  'How long things are kept.': '东西保存多久。',
  'A conversation nobody went on with for so many days is forgotten.': '这么多天没人继续的对话会被忘掉。',
  'Where the files of an answer may be fetched.': '回答里的文件可以从哪里取。',
  'name:port (or name, for 80 and 443) of servers in your own network whose files may be fetched: the MinIO of a Coze Studio. Public ones, and that of coze.apiBase, need not stand here.':
    '可以取文件的内网服务器，写 name:port（80 和 443 只写 name）：例如 Coze Studio 的 MinIO。公网的和 coze.apiBase 的不用写。',
  'Language of notices where nothing says better.': '没有其他依据时，提示语用的语言。',
  'memory:, sqlite:<path>, or redis://[user:password@]host:6379/0?prefix=coze-bridge (rediss:// with TLS) for several processes.':
    'memory: 、sqlite:<path> ，或 redis://[user:password@]host:6379/0?prefix=coze-bridge （rediss:// 用 TLS），后者可多进程。',
  "The bridge's own HTTP port. See [running.md](running.md#its-http-port).":
    '桥自己的 HTTP 端口。见 [running.zh-CN.md](running.zh-CN.md#http-端口)。',
  'Which address of this machine it listens on; 0.0.0.0 is all of them.':
    '监听本机的哪个地址；0.0.0.0 是全部。',
  '0 = any free one.': '0 = 任意空闲端口。',
  'What /metrics and the status page ask for, as "Authorization: Bearer <token>"; without it, they answer nobody. /healthz, /readyz and webhooks need none.':
    '/metrics 和状态页要求带上它，写作 “Authorization: Bearer <token>”；不设就谁也不给看。/healthz、/readyz 和 webhook 不需要。',
  'What is logged.': '记录什么日志。',
  'How much.': '记多少。',
  'How long replies may finish at a stop. Docker kills after 10 seconds.':
    '停止时，回复还有多久可以写完。Docker 10 秒后强杀。',
}

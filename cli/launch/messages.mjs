/** The words of the page that stands until the app answers. It comes before the install, so before next-intl. */
export const MESSAGES = {
  en: {
    title: 'First Token is starting',
    intro: 'This page reloads by itself when the app is ready.',
    installing: 'Installing packages',
    building: 'Building the app',
    starting: 'Starting',
    done: 'done',
    next: 'next',
    elapsed: 'Elapsed',
    lastLine: 'Last line of output',
    failed: 'It did not start',
    install:
      'The install failed (npm install, exit code {exitCode}). Mend what npm says below and run the same command again.',
    build:
      'The build failed (next build, exit code {exitCode}). Mend what it says below and run the same command again.',
    lost: 'The launcher does not answer any more. Look at the terminal in which it was started.',
    noScript: 'Without JavaScript: reload this page until the app appears.',
  },
  'zh-CN': {
    title: 'First Token 正在启动',
    intro: '应用就绪后，本页会自动刷新。',
    installing: '正在安装依赖',
    building: '正在构建应用',
    starting: '正在启动',
    done: '完成',
    next: '等待',
    elapsed: '已用时间',
    lastLine: '最后一行输出',
    failed: '启动失败',
    install:
      '安装失败（npm install，退出码 {exitCode}）。请按下方 npm 的提示修正，然后重新运行同一命令。',
    build: '构建失败（next build，退出码 {exitCode}）。请按下方的提示修正，然后重新运行同一命令。',
    lost: '启动程序已无响应。请查看启动它的终端。',
    noScript: '未启用 JavaScript：请手动刷新本页，直到应用出现。',
  },
}

/** The first language of the header, by its weight, that there are words for. */
export function pickLocale(acceptLanguage = '') {
  const wanted = acceptLanguage
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.find((parameter) => parameter.trim().startsWith('q='))
      return { tag, weight: weight === undefined ? 1 : Number(weight.trim().slice(2)) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  const known = wanted.find(({ tag }) => /^(zh|en)\b/.test(tag))
  return known?.tag.startsWith('zh') ? 'zh-CN' : 'en'
}

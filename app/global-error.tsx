'use client'

import './globals.css'

/** The layout itself broke, and the messages with it: the only words that do not come from their files. */
const WORDS = {
  en: {
    title: 'This page broke',
    text: 'Something went wrong while showing it. Conversations are safe in the server.',
    retry: 'Load it again',
  },
  zh: {
    title: '页面出错了',
    text: '显示此页面时出现问题。对话已安全保存在服务器中。',
    retry: '重新加载',
  },
}

export default function GlobalError() {
  const isChinese =
    typeof document !== 'undefined' && document.documentElement.lang.startsWith('zh')
  const words = isChinese ? WORDS.zh : WORDS.en
  return (
    <html lang={isChinese ? 'zh-CN' : 'en'}>
      <head>
        <title>{words.title}</title>
      </head>
      <body>
        <main className="flex min-h-dvh flex-col items-center justify-center gap-3 px-4 pb-24 text-center">
          <h1 className="text-lg font-semibold">{words.title}</h1>
          <p role="alert" className="text-sm text-muted-foreground">
            {words.text}
          </p>
          <button
            type="button"
            onClick={() => window.location.reload()}
            className="mt-3 h-9 rounded-lg bg-accent px-3.5 text-sm font-medium text-accent-foreground"
          >
            {words.retry}
          </button>
        </main>
      </body>
    </html>
  )
}

// Problems that the page itself finds, and the text for every type that it does not know.

export const ko = {
  unreachable: {
    title: "서버에 연결할 수 없어요",
    text: "인터넷 연결을 확인해 주세요. 연결되면 이어서 진행할 수 있어요.",
  },
  unreadable: { title: "서버의 답을 읽지 못했어요", text: "잠시 뒤 다시 시도해 주세요." },
  "page-failed": {
    title: "화면에 문제가 생겼어요",
    text: "인터넷이나 서버 문제는 아니에요. 화면을 새로 고쳐 주세요. 순번과 좌석은 그대로예요.",
  },
  unknown: { title: "처리하지 못했어요", text: "잠시 뒤 다시 시도해 주세요." },
};

export const en: typeof ko = {
  unreachable: {
    title: "The server doesn't answer",
    text: "Check your connection. You can continue when it's back.",
  },
  unreadable: { title: "The answer couldn't be read", text: "Try again in a moment." },
  "page-failed": {
    title: "This page has a problem",
    text: "It isn't your connection or the server. Reload this page; your place and your seats are kept.",
  },
  unknown: { title: "That didn't work", text: "Try again in a moment." },
};

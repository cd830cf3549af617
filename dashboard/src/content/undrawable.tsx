/** A message that cannot be drawn says what it said in plain words, and leaves all others alone. */
import { Component, type ReactNode } from "react";
import type { Message } from "../api/types.ts";
import { Body } from "./body.tsx";
import { Unsupported } from "./unsupported.tsx";

interface UndrawableProps {
  message: Message;
  children: ReactNode;
}

export class Undrawable extends Component<UndrawableProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  /** Another version of it may be drawn again. */
  override componentDidUpdate(before: UndrawableProps) {
    if (this.state.failed && before.message.version !== this.props.message.version) this.setState({ failed: false });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const { message } = this.props;
    return message.content ? <Body content={message.content} /> : <Unsupported message={message} />;
  }
}

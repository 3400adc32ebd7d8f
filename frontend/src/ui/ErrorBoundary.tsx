import { Component } from "react";
import type { ReactNode } from "react";

interface Props {
  /** What the visitor should know. */
  words: string;
  /** The address of a page that stands. */
  home: string;
  children: ReactNode;
}

/** A fault of a page leaves the rest standing. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="wrap lonely">
        <h1>This page fell over</h1>
        <p className="lead">{this.props.words}</p>
        <p className="actions">
          <button type="button" className="button" onClick={() => window.location.reload()}>Load it again</button>
          <a className="button quiet" href={this.props.home}>To the front page</a>
        </p>
      </div>
    );
  }
}

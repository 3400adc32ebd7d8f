import HTTPTypes
import NIOCore

/// What `/` shows while there is no built frontend: the functions and where they are called. The page is LocalHost's own;
/// the real host shows another one there.
struct HomePage: Sendable {
    let functions: [FunctionDefinition]
    let routePrefix: String

    var reply: Reply {
        Reply(
            status: .ok,
            fields: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"],
            body: ByteBuffer(string: html)
        )
    }

    private var html: String {
        let rows = functions.map { "<tr><td>\(escaped($0.name))</td><td>\(escaped(summary($0)))</td></tr>" }.joined(
            separator: "\n"
        )
        return """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>LocalHost</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem}
            td{padding:.25rem 1.5rem .25rem 0;vertical-align:top}</style></head>
            <body><h1>The function app is running</h1>
            <table>
            \(rows)
            </table>
            <p><a href="/admin/host/status">Status</a> · <a href="/admin/functions">Functions</a> · \
            <a href="/admin/instances">Instances</a> · <a href="/admin/queues">Queues</a></p>
            </body>
            </html>

            """
    }

    private func summary(_ function: FunctionDefinition) -> String {
        switch function.state {
        case .disabled: "disabled"
        case .failed(let reason): "in error: \(reason)"
        case .undelivered(let type): "\(type): not yet delivered by LocalHost"
        case .ready(.queue(let trigger)):
            "queue, \(trigger.queue); put a message: POST /admin/queues/\(trigger.queue)"
        case .ready(.timer(let trigger)):
            "timer, \(trigger.scheduleText); run it: POST /admin/functions/\(function.name)"
        case .ready(.http(let trigger)):
            "http, /" + [routePrefix, trigger.route.text].filter { !$0.isEmpty }.joined(separator: "/")
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

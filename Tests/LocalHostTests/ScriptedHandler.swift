import Foundation
import Testing
import TextFormats

@testable import LocalHost

/// A handler process that does what a file tells it. Perl, because every Debian has it (perl-base is essential).
enum ScriptedHandler {
    /// A function app around the script.
    ///
    /// - Parameter start: `listen`, `never` (no socket), `mute` (accepts, never answers), `late` (listens after 0.3 s),
    ///   `stubborn` (ignores SIGTERM, and notes it), `root:N` (answers GET / with status N) or `exit:N`.
    static func app(
        start: String = "listen",
        arguments: [String] = [],
        more: String = "",
        customHandler: String = "\"enableProxyingHttpRequest\": true",
        settings: String = ""
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder.app(
            executable: "/usr/bin/perl",
            arguments: ["handler.pl"] + arguments,
            customHandler: customHandler,
            more: more,
            settings: #","FAKE_START":"\#(start)"\#(settings)"#
        )
        try folder.write("handler.pl", script)
        return folder
    }

    /// What the next call (not the probe) makes the handler do: `exit:N`, `hang`, `drop:N` (this call and the N - 1 after it
    /// end without an answer), or nothing special.
    static func next(_ behaviour: String, in folder: TemporaryFolder) throws {
        try folder.write("behaviour", behaviour)
    }

    /// What every call from now on (not the probe) is answered with, before anything of its body is read: a status, then
    /// `close` (at once), `linger` (its side, and the rest is read) or `stay` (neither closes nor reads for two seconds).
    static func answerEarly(_ status: Int, _ end: String, in folder: TemporaryFolder) throws {
        try folder.write("early", "\(status) \(end)")
    }

    /// The calls that arrived, probes apart: method, path and invocation id.
    static func calls(in folder: TemporaryFolder) -> [String] {
        (folder.read("calls") ?? "").split(separator: "\n").map(String.init)
    }

    /// What every call that was answered came with, probes apart.
    static func served(in folder: TemporaryFolder) -> [Served] {
        (folder.read("served") ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, let process = Int32(fields[0]) else { return nil }
            return Served(process: process, path: String(fields[1]), body: String(fields[2]))
        }
    }

    struct Served {
        let process: Int32
        let path: String
        let body: String

        var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
    }

    /// Process ids of every handler that was started, in order.
    static func processes(in folder: TemporaryFolder) -> [Int32] {
        (folder.read("pids") ?? "").split(separator: "\n").compactMap { Int32($0) }
    }

    /// Whether a process is there and not a zombie.
    static func isAlive(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
        return !status.contains(") Z ")
    }

    private static let script = #"""
        #!/usr/bin/perl
        use strict; use warnings; use IO::Socket::INET;
        $| = 1;
        sub note { my ($file, $text) = @_; open(my $f, '>>', $file); print $f "$text\n"; close $f }
        sub body {
            my ($c, $head) = @_;
            if ($head =~ /^content-length: *(\d+)/im) { read($c, my $b, $1); return $b }
            return '' unless $head =~ /^transfer-encoding: *chunked/im;
            my $b = '';
            while (defined(my $l = <$c>)) {
                my $n = hex($l =~ s/\s//gr);
                if (!$n) { <$c>; last }
                read($c, my $piece, $n); $b .= $piece; <$c>;
            }
            return $b;
        }
        note('environment', join("\n", map { "$_=$ENV{$_}" } grep { /^FUNCTIONS_|^GREETING/ } sort keys %ENV));
        note('environment', "ARGUMENTS=@ARGV");
        note('pids', $$);
        my $start = $ENV{FAKE_START} // 'listen';
        if ($start =~ /^exit:(\d+)/) { print STDERR "first\nsecond\nthird\nno database\n"; exit $1 }
        if ($start eq 'never') { sleep 3600 }
        if ($start eq 'stubborn') { $SIG{TERM} = sub { note('terminated', $$) } }
        $SIG{PIPE} = 'IGNORE';
        my $root = $start =~ /^root:(\d+)/ ? $1 : 200;
        if ($start eq 'late') { select(undef, undef, undef, 0.3) }
        $SIG{CHLD} = 'IGNORE';
        my $server = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', LocalPort => $ENV{FUNCTIONS_CUSTOMHANDLER_PORT}, Listen => 64, ReuseAddr => 1)
            or die "cannot listen: $!";
        print "plain line\n";
        print "{\"level\":\"warning\",\"message\":\"json line\",\"job_id\":7}\n";
        print STDERR "complaint\n";
        if ($start eq 'mute') { sleep 3600 }
        while (1) {
            my $c = $server->accept or next;
            my $head = '';
            while (my $l = <$c>) { $head .= $l; last if $l =~ /^\r?\n$/ }
            my ($method, $path) = $head =~ /^(\S+) (\S+)/ or next;
            my ($id) = $head =~ /^x-azure-functions-invocationid: *(\S+)/im;
            note('calls', "$method $path " . ($id // '')) if $path ne '/';
            if ($path ne '/' && open(my $f, '<', 'behaviour')) {
                my $what = <$f> // ''; close $f; unlink 'behaviour';
                if ($what =~ /^exit:(\d+)/) { print STDERR "told to end\n"; exit $1 }
                if ($what =~ /^hang/) { note('hanging', $$); sleep 3600 }
                if ($what =~ /^drop:(\d+)/) {
                    if ($1 > 1) { open(my $f, '>', 'behaviour'); print $f 'drop:' . ($1 - 1); close $f }
                    close $c; next;
                }
            }
            if ($path ne '/' && open(my $f, '<', 'early')) {
                my ($status, $end) = split / /, <$f>; close $f;
                next if fork;
                my $last = $end eq 'stay' ? "Connection: close\r\n" : '';
                print $c "HTTP/1.1 $status Early\r\n${last}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
                $c->flush;
                if ($end eq 'stay') { sleep 2 }
                if ($end eq 'linger') {
                    shutdown($c, 1);
                    local $SIG{ALRM} = sub { exit 0 }; alarm 5;
                    1 while sysread($c, my $rest, 65536);
                }
                exit 0;
            }
            if ($path ne '/') { my $b = body($c, $head); note('served', "$$ $path $b") }
            my $status = $path eq '/' ? $root : 200;
            print $c "HTTP/1.1 $status Any\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            close $c;
        }
        """#
}

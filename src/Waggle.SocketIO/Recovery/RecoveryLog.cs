using System.Buffers.Text;
using System.Globalization;
using Waggle.Delivery;

namespace Waggle.SocketIO.Recovery;

/// <summary>
/// The numbered events of a namespace in the last minutes, and the sockets that lost their connection in that time. A client names the number of the last event
/// that it received, so no search is necessary. The log is limited in time and bytes. The namespace holds its lock during every call.
/// </summary>
internal sealed class RecoveryLog(ConnectionStateRecoveryOptions options, SocketIOOptions server, TimeProvider time)
{
    private readonly Queue<Kept> _events = new();
    private readonly Dictionary<string, KeptSession> _sessions = new(StringComparer.Ordinal);
    private readonly Queue<KeptSession> _leaving = new();
    private readonly Dictionary<string, Socket> _live = new(StringComparer.Ordinal);
    private readonly byte[] _text = new byte[20];
    private long _bytes;
    private long _first = 1;

    // The server detects a lost connection only when a pong is missing, so events are kept longer by that time.
    private readonly TimeSpan _keep = options.MaxDisconnectionDuration + server.PingInterval + server.PingTimeout;

    /// <summary>Gets the number of the newest event; 0 if there was none.</summary>
    public long Last { get; private set; }

    /// <summary>Gets the offset that is the last argument of the next event that is kept.</summary>
    public ReadOnlySpan<byte> Next => Text(Last + 1);

    /// <summary>Gets the offset that is the last argument of an event that is not kept.</summary>
    public ReadOnlySpan<byte> Now => Text(Last);

    /// <summary>Whether sessions wait for their clients.</summary>
    public bool HoldsSessions => _sessions.Count > 0;

    /// <summary>Keeps an event under the next number.</summary>
    public void Add(EncodedMessage packet, BroadcastOperator to)
    {
        var now = time.GetTimestamp();
        Last++;
        _bytes += packet.Body.Length;

        // Only the socket's id is kept: the socket would stay in memory as long as its events.
        _events.Enqueue(to.Socket is { } only ? new Kept(packet, null, only.Id, now) : new Kept(packet, to, null, now));
        Sweep(now);
    }

    /// <summary>Removes events and sessions whose time has passed.</summary>
    /// <returns>The time until the next removal; null if the log is empty.</returns>
    public TimeSpan? Sweep()
    {
        var now = time.GetTimestamp();
        Sweep(now);
        var next = TimeSpan.MaxValue;
        if (_events.TryPeek(out var oldest)) next = _keep - time.GetElapsedTime(oldest.At, now);
        if (_leaving.TryPeek(out var session) && time.GetElapsedTime(now, session.Until) is var left && left < next) next = left;
        return next == TimeSpan.MaxValue ? null : next;
    }

    /// <summary>Adds a connected socket.</summary>
    public void Add(Socket socket) => _live[socket.Pid!] = socket;

    /// <summary>Returns the connected socket with a secret id; null if there is none.</summary>
    public Socket? Live(string? pid) => pid is not null && _live.TryGetValue(pid, out var socket) ? socket : null;

    /// <summary>Removes a socket that may not recover.</summary>
    public void Forget(Socket socket) => _live.Remove(socket.Pid!);

    /// <summary>Keeps the session of a socket that has disconnected.</summary>
    public void Save(Socket socket)
    {
        _live.Remove(socket.Pid!);
        var now = time.GetTimestamp();
        Sweep(now);
        var until = now + (long)(options.MaxDisconnectionDuration.TotalSeconds * time.TimestampFrequency);
        var session = new KeptSession(
            socket.Pid!, socket.Id, socket.JoinedRooms is { } rooms ? [.. rooms] : [], socket.KeptData, socket.Began, socket.LastSentOffset, Last, until);
        _sessions[session.Pid] = session;
        _leaving.Enqueue(session);
    }

    /// <summary>Removes and returns the session of a client; null if there is none, or if its missed events are no longer complete.</summary>
    public KeptSession? Take(in Claim claim)
    {
        Sweep(time.GetTimestamp());
        if (!_sessions.Remove(claim.Pid!, out var session)) return null;
        return From(session, claim) is null ? null : session;
    }

    /// <summary>Returns the events for a session since the last one that its client received; null if they are no longer complete.</summary>
    /// <param name="lastSent">The number of the last event that was sent to the session, with these events.</param>
    public List<EncodedMessage>? EventsAfter(KeptSession session, in Claim claim, out long lastSent)
    {
        lastSent = session.LastSentOffset;
        if (From(session, claim) is not { } from) return null;
        var missed = new List<EncodedMessage>();
        var number = _first - 1;
        foreach (var kept in _events)
        {
            number++;
            if (number <= from || !IsFor(session, kept)) continue;
            missed.Add(kept.Packet);
            lastSent = number;
        }

        return missed;
    }

    // A client that received all events sent to it missed none before it left, so those need not be kept. A client that never received an event missed none
    // before it joined.
    private long? From(KeptSession session, in Claim claim)
    {
        var seen = session.Began;
        if (claim.Offset is not null)
        {
            if (!long.TryParse(claim.Offset, NumberStyles.None, CultureInfo.InvariantCulture, out seen) || seen > Last) return null;

            // Events before the client joined were not for it.
            seen = Math.Max(seen, session.Began);
        }

        var from = seen >= session.LastSentOffset ? Math.Max(seen, session.Left) : seen;
        return from + 1 >= _first ? from : null;
    }

    private static bool IsFor(KeptSession session, in Kept kept) => kept.To is { } to
        ? (to.Rooms.Length == 0 || IsIn(session, to.Rooms)) && !IsIn(session, to.Excepted)
        : string.Equals(kept.Only, session.Id, StringComparison.Ordinal);

    private static bool IsIn(KeptSession session, string[] rooms)
    {
        foreach (var room in rooms)
        {
            if (string.Equals(room, session.Id, StringComparison.Ordinal) || session.Rooms.AsSpan().Contains(room)) return true;
        }

        return false;
    }

    private void Sweep(long now)
    {
        while (_events.TryPeek(out var old) && (_bytes > options.MaxStoredBytes || time.GetElapsedTime(old.At, now) > _keep))
        {
            _events.Dequeue();
            _bytes -= old.Packet.Body.Length;
            _first++;
        }

        while (_leaving.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _leaving.Dequeue();
            if (_sessions.TryGetValue(oldest.Pid, out var held) && ReferenceEquals(held, oldest)) _sessions.Remove(oldest.Pid);
        }
    }

    private ReadOnlySpan<byte> Text(long number)
    {
        Utf8Formatter.TryFormat(number, _text, out var length);
        return _text.AsSpan(0, length);
    }

    private readonly record struct Kept(EncodedMessage Packet, BroadcastOperator? To, string? Only, long At);
}

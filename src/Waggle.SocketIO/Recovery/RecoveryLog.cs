using System.Buffers.Text;
using System.Globalization;
using Waggle.Delivery;

namespace Waggle.SocketIO.Recovery;

/// <summary>
/// The events of a namespace of the last minutes, numbered, and the sockets that were lost since. A client names the last number that it saw; nothing is
/// searched for.
/// Bounded by time and bytes. All under the namespace's lock.
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

    // A loss is noticed only when a pong stays out.
    private readonly TimeSpan _keep = options.MaxDisconnectionDuration + server.PingInterval + server.PingTimeout;

    /// <summary>The number of the newest event; 0: there was none.</summary>
    public long Last { get; private set; }

    /// <summary>What an event that is about to be kept ends in.</summary>
    public ReadOnlySpan<byte> Next => Text(Last + 1);

    /// <summary>What one that is not kept ends in.</summary>
    public ReadOnlySpan<byte> Now => Text(Last);

    public bool HoldsSessions => _sessions.Count > 0;

    public void Add(EncodedMessage packet, BroadcastOperator to)
    {
        var now = time.GetTimestamp();
        Last++;
        _bytes += packet.Body.Length;

        // Not the socket itself: it would stay in memory for as long as its events.
        _events.Enqueue(to.Socket is { } only ? new Kept(packet, null, only.Id, now) : new Kept(packet, to, null, now));
        Sweep(now);
    }

    /// <summary>Forgets what is over its time.</summary>
    /// <returns>When there will be something more to forget; null: there is nothing left.</returns>
    public TimeSpan? Sweep()
    {
        var now = time.GetTimestamp();
        Sweep(now);
        var next = TimeSpan.MaxValue;
        if (_events.TryPeek(out var oldest)) next = _keep - time.GetElapsedTime(oldest.At, now);
        if (_leaving.TryPeek(out var session) && time.GetElapsedTime(now, session.Until) is var left && left < next) next = left;
        return next == TimeSpan.MaxValue ? null : next;
    }

    public void Add(Socket socket) => _live[socket.Pid!] = socket;

    public Socket? Live(string? pid) => pid is not null && _live.TryGetValue(pid, out var socket) ? socket : null;

    public void Forget(Socket socket) => _live.Remove(socket.Pid!);

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

    /// <summary>The session, which then is nobody else's; null if it is not known, or what it missed no longer is.</summary>
    public KeptSession? Take(in Claim claim)
    {
        Sweep(time.GetTimestamp());
        if (!_sessions.Remove(claim.Pid!, out var session)) return null;
        return From(session, claim) is null ? null : session;
    }

    /// <summary>What was meant for it since it saw the last; null if that is no longer all here.</summary>
    /// <param name="told">The last event that it then was sent.</param>
    public List<EncodedMessage>? EventsAfter(KeptSession session, in Claim claim, out long told)
    {
        told = session.LastSentOffset;
        if (From(session, claim) is not { } from) return null;
        var missed = new List<EncodedMessage>();
        var number = _first - 1;
        foreach (var kept in _events)
        {
            number++;
            if (number <= from || !IsFor(session, kept)) continue;
            missed.Add(kept.Packet);
            told = number;
        }

        return missed;
    }

    // Who saw all that it was sent missed nothing before it left, however long ago that was. One that never got an event saw all up to where it began.
    private long? From(KeptSession session, in Claim claim)
    {
        var seen = session.Began;
        if (claim.Offset is not null)
        {
            if (!long.TryParse(claim.Offset, NumberStyles.None, CultureInfo.InvariantCulture, out seen) || seen > Last) return null;

            // What was said before it came was never for it.
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

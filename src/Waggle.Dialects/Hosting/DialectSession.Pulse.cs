using Waggle.Protocol;
using Waggle.Transport.Timers;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    private static readonly byte[] Ping = [0x80 | (byte)Opcode.Ping, 0];

    /// <summary>
    /// Whether the client still lives: first by its hello, then by anything that it says or answers. A silent one is pinged (RFC 6455 5.5.2).
    /// </summary>
    private sealed class Pulse(DialectSession session) : WheelTimer
    {
        private volatile bool _heard;
        private int _unanswered;
        private bool _begun;
        private volatile bool _ended;

        public void Heard() => _heard = true;

        /// <summary>The session is over: it is not set again, also by a fire that is under way.</summary>
        public void End()
        {
            _ended = true;
            session._host.Wheel.Clear(this);
        }

        protected override void Fire()
        {
            // A hello is something heard, also one that came before the session waited for anything.
            if (!_begun && session._greeted) _heard = true;
            else if (!_begun) session.Close(CloseCodes.HelloTimeout, "No hello was received in time.");
            _begun = true;

            // Who is not read cannot be heard: a pause, or something long that it asked for.
            _heard |= session._rest is not null || session._performing;
            var heartbeat = session._dialect.Heartbeat;
            if (!_heard && _unanswered == heartbeat.Unanswered)
            {
                session.Abort();
                return;
            }

            _unanswered = _heard ? 0 : _unanswered + 1;
            _heard = false;
            session._host.Wheel.Set(this, _unanswered > 0 ? heartbeat.Timeout : heartbeat.Every);
            if (_ended) session._host.Wheel.Clear(this);
            else if (_unanswered > 0 || heartbeat.Always) Ask(heartbeat);
        }

        private void Ask(Heartbeat heartbeat)
        {
            session._connection.SendFrame(Ping);
            session._here?.Asked(session._host.Hive.Head.Offset);
            if (!heartbeat.Spoken) return;
            var now = session._host.Time.GetUtcNow();
            session._connection.Send(new Deferred(output => session._dialect.Ping(now, output)));
        }
    }
}

using Waggle.Protocol;
using Waggle.Transport.Timers;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    // RFC 6455 5.5.2: a silent peer is pinged; one that does not answer in time is gone.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(30);
    private static readonly byte[] Ping = [0x80 | (byte)Opcode.Ping, 0];

    /// <summary>Whether the client still lives: first by its hello, then by anything that it says or answers.</summary>
    private sealed class Pulse(DialectSession session) : WheelTimer
    {
        private volatile bool _heard;
        private bool _asked;
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
            if (!_begun && !session._greeted) session.Close(CloseCodes.HelloTimeout, "No hello came in time.");
            _begun = true;

            // Who is not read cannot be heard: a pause, or something long that it asked for.
            _heard |= session._rest is not null || session._performing;
            if (!_heard && _asked)
            {
                session.Abort();
                return;
            }

            _asked = !_heard;
            _heard = false;
            session._host.Wheel.Set(this, _asked ? PongTimeout : PingInterval);
            if (_ended) session._host.Wheel.Clear(this);
            else if (_asked) session._connection.SendFrame(Ping);
        }
    }
}

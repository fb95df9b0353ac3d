using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waggle.Shared;
using Waggle.Storage.Sqlite;

namespace Waggle.Commands.Operations;

/// <summary>Checks the parts outside the data folder: the port, SQLite, the clock.</summary>
internal static class MachineChecks
{
    // Before the first year, the clock was never set (a board without a battery starts in 1970). After the second, the clock is wrong.
    private const int LeastYear = 2025;
    private const int MostYear = 2100;

    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    public static Check Port(int port) => Check.Of("port", () =>
    {
        try
        {
            foreach (var address in Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : new[] { IPAddress.Loopback }) Listen(address, port);
            return Check.Ok("port", string.Create(CultureInfo.InvariantCulture, $"{port} is free."));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return Check.Warn("port", string.Create(CultureInfo.InvariantCulture, $"{port} is in use, by a hub or by another program."));
        }
    });

    private static void Listen(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable && address.Equals(IPAddress.IPv6Loopback))
        {
            // This machine has no ::1. The hub runs without it, too.
        }
    }

    public static Check Sqlite() => Check.Of("sqlite", () =>
    {
        var library = SqliteStore.Library;
        return Check.Ok("sqlite", $"{library.Version} ({library.Source})");
    });

    /// <summary>Checks that both clocks advanced by the same amount while the other checks ran.</summary>
    public static Check Clock(TimeProvider time, DateTimeOffset wallBefore, long stampBefore)
    {
        var wall = time.GetUtcNow();
        var jump = (wall - wallBefore) - time.GetElapsedTime(stampBefore);
        var text = Printer.Time(wall);
        if (wall.Year is < LeastYear or > MostYear) return Check.Fail("clock", $"{text}: the clock is not set.");
        return jump.Duration() > Tolerance
            ? Check.Warn("clock", string.Create(
                CultureInfo.InvariantCulture, $"{text}: it jumped by {jump.TotalMilliseconds:F0} ms against the monotonic clock while the doctor looked."))
            : Check.Ok("clock", text);
    }
}

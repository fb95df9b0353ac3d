using System.Net.NetworkInformation;

namespace Waggle.Server.Insight;

/// <summary>Reads .NET's metrics of the host on systems other than Linux.</summary>
internal sealed class FallbackHostMetrics : IHostMetrics
{
    private const string NotHere = "not measured on this operating system";

    public HostMetrics Read(Unmeasured why)
    {
        why.Say(NotHere, "host.cpu_percent", "process.cpu_limit_cores", "process.memory_limit_bytes", "process.memory_limit_used_percent");
        var memory = GC.GetGCMemoryInfo();
        if (memory.TotalAvailableMemoryBytes == 0)
        {
            why.Say("no garbage collection yet", "host.memory_total_bytes", "host.memory_available_bytes", "host.memory_used_percent");
        }

        return new()
        {
            MemoryTotal = memory.TotalAvailableMemoryBytes is > 0 and var total ? total : null,
            MemoryAvailable = memory.TotalAvailableMemoryBytes is > 0 and var all ? Math.Max(0, all - memory.MemoryLoadBytes) : null,
            Network = Network(why),
            Resident = Environment.WorkingSet,
        };
    }

    public void Dispose()
    {
        // The reader keeps no file open.
    }

    private static (long Received, long Sent)? Network(Unmeasured why)
    {
        try
        {
            long received = 0, sent = 0;
            foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            {
                if (network.NetworkInterfaceType == NetworkInterfaceType.Loopback) continue;
                var statistics = network.GetIPStatistics();
                received += statistics.BytesReceived;
                sent += statistics.BytesSent;
            }

            return (received, sent);
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            why.Say(e.Message, "host.network_received_bytes_per_second", "host.network_sent_bytes_per_second");
            return null;
        }
    }
}

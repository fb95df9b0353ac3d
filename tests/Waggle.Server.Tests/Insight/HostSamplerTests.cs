using System.Diagnostics;
using System.Runtime.Versioning;
using Waggle.Server.Insight;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Insight;

/// <summary>Against the machine that the tests run on.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostSamplerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public HostSamplerTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads Linux' own files.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_reading_has_levels_and_says_why_it_has_no_rates()
    {
        using var sampler = Sampler();
        var why = new Unmeasured();
        var (host, process, disk) = sampler.Read(why);
        Assert.Null(sampler.SinceLast);
        Assert.Null(host.CpuPercent);
        Assert.Null(process.CpuPercent);
        Assert.Equal(Unmeasured.FirstReading, why.Reasons["host.cpu_percent"]);
        Assert.Equal(Unmeasured.FirstReading, why.Reasons["host.network_sent_bytes_per_second"]);
        Assert.True(host.MemoryTotalBytes > host.MemoryAvailableBytes && host.MemoryAvailableBytes > 0);
        Assert.InRange(host.MemoryUsedPercent!.Value, 0.01, 100);
        Assert.InRange(process.MemoryResidentBytes!.Value, 20_000_000, host.MemoryTotalBytes!.Value);
        Assert.True(disk.TotalBytes > disk.FreeBytes);
    }

    [Fact]
    public async Task Processor_time_that_is_used_is_seen_in_the_process_and_in_the_machine()
    {
        using var sampler = Sampler();
        using var self = Process.GetCurrentProcess();
        var before = UsedBy(self);
        sampler.Read(new());
        var from = UsedBy(self);
        using var burning = new CancellationTokenSource();
        var fire = new Thread(() =>
        {
            while (!burning.IsCancellationRequested) Thread.SpinWait(10_000);
        });
        fire.Start();
        try
        {
            await Eventually.Async(() => UsedBy(self) - from > TimeSpan.FromSeconds(1), "a second of processor time to be used");
            var to = UsedBy(self);
            var (host, process, _) = sampler.Read(new());
            var after = UsedBy(self);

            // For any share of the machine, the reading lies between the CPU time used within it and that used around it.
            var read = process.CpuPercent!.Value / 100 * Environment.ProcessorCount * sampler.SinceLast!.Value.TotalSeconds;
            const double Tick = 0.05;
            Assert.InRange(read, ((to - from).TotalSeconds * 0.95) - Tick, ((after - before).TotalSeconds * 1.05) + Tick);
            Assert.True(host.CpuPercent >= process.CpuPercent * 0.5, $"The machine was busy for {host.CpuPercent} % and this process for {process.CpuPercent} %.");
        }
        finally
        {
            await burning.CancelAsync();
            fire.Join();
        }
    }

    [Fact]
    public async Task Memory_that_is_taken_is_resident()
    {
        using var sampler = Sampler();

        // Other tests of this process give memory back meanwhile, so one try may not show it.
        await Eventually.Async(
            () =>
            {
                var before = sampler.Read(new()).Process.MemoryResidentBytes;
                var taken = new byte[256 * 1024 * 1024];
                for (var i = 0; i < taken.Length; i += 4096) taken[i] = 1;
                var after = sampler.Read(new()).Process.MemoryResidentBytes;
                GC.KeepAlive(taken);
                return after > before + 200_000_000;
            },
            "the taken memory to be resident");
    }

    [Fact]
    public void A_containers_limits_are_those_of_the_nearest_cgroup_that_has_some()
    {
        Write("0::/outer/inner\n", "cgroup");
        Write("max\n", "fs/outer/inner/memory.max");
        Write("1000\n", "fs/outer/memory.max");
        Write("700\n", "fs/outer/memory.current");
        Write("anon 1\ninactive_file 200\nactive_file 5\n", "fs/outer/memory.stat");
        Write("50000 100000\n", "fs/outer/inner/cpu.max");
        using var numbers = new LinuxHostMetrics(Path.Combine(_folder.Path, "fs"), Path.Combine(_folder.Path, "cgroup"));
        var read = numbers.Read(new());
        Assert.Equal((1000, 500, 0.5), (read.MemoryLimit!.Value, read.MemoryLimitUsed!.Value, read.CpuLimit!.Value));

        // It is the container's file that changes, not the path.
        Write("900\n", "fs/outer/memory.current");
        Assert.Equal(700, numbers.Read(new()).MemoryLimitUsed);
    }

    [Fact]
    public void Without_limits_the_reason_stands_in_their_place()
    {
        using var numbers = new LinuxHostMetrics(Path.Combine(_folder.Path, "none"), Path.Combine(_folder.Path, "nothing"));
        var why = new Unmeasured();
        var read = numbers.Read(why);
        Assert.Null(read.MemoryLimit);
        Assert.Equal(["process.cpu_limit_cores", "process.memory_limit_bytes", "process.memory_limit_used_percent"], why.Reasons.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_says_something_else_is_named()
    {
        Write("0::/\n", "cgroup");
        Write("lots\n", "fs/memory.max");
        using var numbers = new LinuxHostMetrics(Path.Combine(_folder.Path, "fs"), Path.Combine(_folder.Path, "cgroup"));
        var why = new Unmeasured();
        Assert.Null(numbers.Read(why).MemoryLimit);
        Assert.Contains("memory.max says something else", why.Reasons["process.memory_limit_bytes"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_does_not_answer_is_a_reason()
    {
        using var sampler = new HostSampler(new FallbackHostMetrics(), Path.Combine(_folder.Path, "gone", "far"), TimeProvider.System);
        var why = new Unmeasured();
        Assert.Null(sampler.Read(why).Disk.FreeBytes);
        Assert.Contains("does not answer", why.Reasons["disk.used_percent"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_is_the_time_between_two_readings_and_the_first_has_none()
    {
        var time = new FakeTime();
        using var sampler = new HostSampler(new FallbackHostMetrics(), _folder.Path, time);
        sampler.Read(new());
        Assert.Null(sampler.SinceLast);
        time.Advance(TimeSpan.FromMilliseconds(78));
        sampler.Read(new());
        Assert.Equal(TimeSpan.FromMilliseconds(78), sampler.SinceLast);
    }

    [Fact]
    public void Other_systems_say_what_dotnet_knows()
    {
        using var sampler = new HostSampler(new FallbackHostMetrics(), _folder.Path, TimeProvider.System);
        GC.Collect();
        sampler.Read(new());
        var why = new Unmeasured();
        var (host, process, _) = sampler.Read(why);
        Assert.True(host.MemoryTotalBytes > 0 && process.MemoryResidentBytes > 0 && process.CpuPercent >= 0);
        Assert.Equal("not measured on this operating system", why.Reasons["host.cpu_percent"]);
    }

    private static TimeSpan UsedBy(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private HostSampler Sampler() => new(new LinuxHostMetrics(), _folder.Path, TimeProvider.System);

    private void Write(string text, string name)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

using System.Text;
using Waggle.Server.Insight;

namespace Waggle.Server.Tests.Insight;

public class ProcTextTests
{
    [Theory]
    [InlineData("cpu  10 1 5 80 4 0 0 0 7 7\ncpu0 1 1 1 1", 16, 100)]
    [InlineData("cpu  10 1 5 80 4 1 2 3\n", 22, 106)]
    [InlineData("cpu  10 1 5 80\n", 16, 96)]
    public void Busy_is_what_is_neither_idle_nor_waiting_for_a_disk(string stat, long busy, long all) => Assert.Equal((busy, all), ProcText.Cpu(Bytes(stat)));

    [Theory]
    [InlineData("")]
    [InlineData("cpu  10 1")]
    [InlineData("intr 5")]
    [InlineData("cpu  ten of them")]
    public void Another_text_is_no_figure(string stat) => Assert.Null(ProcText.Cpu(Bytes(stat)));

    [Fact]
    public void Memory_is_in_kibibytes()
    {
        var text = Bytes("MemTotal:       24684096 kB\nMemFree:  23 kB\nMemAvailable:   24225528 kB\n");
        Assert.Equal(24684096L * 1024, ProcText.Memory(text, "MemTotal"u8));
        Assert.Equal(24225528L * 1024, ProcText.Memory(text, "MemAvailable"u8));
        Assert.Null(ProcText.Memory(text, "Mem"u8));
    }

    [Fact]
    public void The_network_is_all_interfaces_but_the_loopback()
    {
        const string Dev = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: 99999 5 0 0 0 0 0 0 99999 5 0 0 0 0 0 0
              eth0: 100 5 0 0 0 0 0 0 7 5 0 0 0 0 0 0
             wlan0:20 5 0 0 0 0 0 0 3 5 0 0 0 0 0 0
            """;
        Assert.Equal((120, 10), ProcText.Network(Bytes(Dev)));
        Assert.Null(ProcText.Network(Bytes("lo: 1 1 1 1 1 1 1 1 1 1\n")));
        Assert.Null(ProcText.Network(Bytes("eth0: 1 1\n")));
    }

    [Theory]
    [InlineData("150000 100000", 1.5)]
    [InlineData("max 100000", null)]
    [InlineData("", null)]
    public void A_quota_is_a_number_of_cores(string max, double? cores) => Assert.Equal(cores, ProcText.Cores(Bytes(max)));

    [Fact]
    public void Resident_pages_are_the_second_number() => Assert.Equal(404, ProcText.ResidentPages(Bytes("765 404 376 5 0 123 0")));

    [Theory]
    [InlineData("9:name=systemd:/\n0::/user/app\n", "/user/app")]
    [InlineData("0::/\n", "")]
    [InlineData("4:memory:/x\n", null)]
    public void A_cgroup_is_the_one_of_version_two(string text, string? path) => Assert.Equal(path, ProcText.CgroupPath(text));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}

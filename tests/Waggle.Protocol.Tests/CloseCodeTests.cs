namespace Waggle.Protocol.Tests;

public class CloseCodeTests
{
    [Theory]
    [InlineData(CloseCodes.GoingAway, true)]
    [InlineData(CloseCodes.InternalError, true)]
    [InlineData(CloseCodes.SlowConsumer, true)]
    [InlineData(CloseCodes.Draining, true)]
    [InlineData(CloseCodes.HelloTimeout, true)]
    [InlineData(1006, true)]
    [InlineData(CloseCodes.MessageTooBig, false)]
    [InlineData(CloseCodes.Replaced, false)]
    [InlineData(CloseCodes.AgentRemoved, false)]
    [InlineData(CloseCodes.HelloRefused, false)]
    [InlineData(CloseCodes.TokenExpired, false)]
    public void The_code_says_whether_to_come_back(int code, bool comeBack) => Assert.Equal(comeBack, CloseCodes.ShouldReconnect(code));
}

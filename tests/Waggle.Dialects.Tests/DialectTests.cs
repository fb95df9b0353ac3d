using Waggle.Dialects.Native;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Tests;

public sealed class DialectTests
{
    public static TheoryData<Type> Dialects => [.. DialectTable.All.Select(e => e.Create().GetType()).Append(typeof(NativeDialect))];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_dialect_takes_the_messages_to_agents_that_it_can_write_and_no_others(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var dialect = (Dialect)Activator.CreateInstance(type)!;
        var deliver = type.GetMethod(nameof(Dialect.Deliver), [typeof(AgentMessage), typeof(Delivery.IMessageWriter)])!;
        Assert.Equal(deliver.DeclaringType != typeof(Dialect), dialect.TakesMessages);
    }
}

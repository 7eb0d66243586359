using System.Reflection;
using BindToInterface.Supervisor.Logging;
using Microsoft.Extensions.Logging;

namespace BindToInterface.Supervisor.Tests.Logging;

public sealed class MessagesTests
{
    [Fact]
    public void Each_message_has_a_number_of_its_own()
    {
        int[] numbers = [.. typeof(Messages).GetMethods().Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().Select(message => message.EventId)];

        Assert.NotEmpty(numbers);
        Assert.Empty(numbers.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key));
    }
}

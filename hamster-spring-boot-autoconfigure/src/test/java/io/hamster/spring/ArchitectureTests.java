package io.hamster.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ControllerAdvice;

@AnalyzeClasses(packages = "io.hamster.spring", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule onlyTheRedisPackageKnowsSpringDataRedis = noClasses()
            .that()
            .resideOutsideOfPackage("io.hamster.spring.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.data.redis..", "io.lettuce..");

    @ArchTest
    static final ArchRule concernsDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage("io.hamster.spring.lock..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hamster.spring.cache..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule autoConfigurationsArePublicAndFinal = classes()
            .that()
            .areMetaAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
            .andShould()
            .haveSimpleNameEndingWith("AutoConfiguration");

    /** Beans that an application can't sensibly replace, with the reason. */
    private static final Map<String, String> IRREPLACEABLE = Map.of(
            "hamsterLoadBalancerClientSpecification",
            "Spring Cloud collects beans of this type, and the application's own come beside it");

    @ArchTest
    static final ArchRule beansGiveWayToTheApplications =
            methods().that().areAnnotatedWith(Bean.class).should(giveWay());

    @ArchTest
    static final ArchRule nothingIsFoundByComponentScan =
            noClasses().that(DescribedPredicate.not(configuration())).should().beMetaAnnotatedWith(Component.class);

    /** By a condition of their own or of their configuration. */
    private static ArchCondition<JavaMethod> giveWay() {
        return new ArchCondition<>("give way to a bean of the application") {
            @Override
            public void check(JavaMethod bean, ConditionEvents events) {
                boolean givesWay = bean.isAnnotatedWith(ConditionalOnMissingBean.class)
                        || bean.getOwner().isAnnotatedWith(ConditionalOnMissingBean.class)
                        || IRREPLACEABLE.containsKey(bean.getName());
                events.add(new SimpleConditionEvent(
                        bean, givesWay, bean.getFullName() + " has no @ConditionalOnMissingBean"));
            }
        };
    }

    /** Advice is a bean like any other, but Spring knows it by its annotation, which is a component's too. */
    private static DescribedPredicate<JavaClass> configuration() {
        return DescribedPredicate.describe(
                "configuration classes and advice",
                type -> type.isMetaAnnotatedWith(org.springframework.context.annotation.Configuration.class)
                        || type.isAnnotatedWith(ControllerAdvice.class));
    }
}
